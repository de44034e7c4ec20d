import { text } from "node:stream/consumers";
import { defaultRegistry, login, logout } from "@x/image";
import { interruptible } from "../interrupt.ts";
import type { Flags, Invocation } from "../invocation.ts";
import { print } from "../output.ts";
import { registryFlags } from "../registry-flags.ts";
import { UsageError } from "../usage-error.ts";

/** `x login`: asks the registry whether name and password are right, and keeps them. */
export async function loginCommand({ words, flags }: Invocation): Promise<number> {
  const [registry = defaultRegistry] = words;
  const { username } = flags.values;
  if (username === undefined) throw new UsageError("x login needs --username");
  const password = await passwordOf(flags);
  using work = interruptible();
  const { path, helper } = await login(
    registry,
    { username, password },
    { ...registryFlags(flags), signal: work.signal },
  );
  print(`logged in to ${registry}; kept in ${helper ?? path}`);
  return 0;
}

/** `x logout`. */
export async function logoutCommand({ words }: Invocation): Promise<number> {
  const [registry = defaultRegistry] = words;
  const forgotten = await logout(registry);
  print(forgotten ? `logged out of ${registry}` : `was not logged in to ${registry}`);
  return 0;
}

async function passwordOf({ values, switches }: Flags): Promise<string> {
  const { password } = values;
  if (switches.has("password-stdin")) {
    if (password !== undefined) throw new UsageError("--password or --password-stdin, not both");
    return (await text(process.stdin)).replace(/\r?\n$/, "");
  }
  if (password !== undefined) return password;
  throw new UsageError("x login needs --password-stdin, or --password, which others see in ps");
}
