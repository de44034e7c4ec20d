import { execFile } from "node:child_process";
import { CgroupError } from "../error.ts";
import { isMissing, noSystemd } from "./no-systemd.ts";

/** The manager of the machine, or of one user's sessions: who to ask, and how. */
export interface Manager {
  readonly user: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Calls a method of systemd's manager, with its signature and arguments as busctl(1) takes them;
 * resolves with what it printed.
 *
 * @throws CgroupError `X_CGROUP_NO_SYSTEMD` when nobody answers; {@link Refused} what it refuses
 * @see org.freedesktop.systemd1(5)
 */
export function call(
  manager: Manager,
  method: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  return busctl(manager, ["call", ...object, method, ...args], signal);
}

/** A string property of systemd's manager. Throws as {@link call}. */
export async function property(
  manager: Manager,
  name: string,
  signal?: AbortSignal,
): Promise<string> {
  const output = await busctl(manager, ["get-property", ...object, name], signal);
  // s "/user.slice/user-1000.slice/user@1000.service"
  return /^s "(.*)"$/.exec(output.trim())?.[1] ?? "";
}

/** What systemd said no to, in its own words. */
export class Refused extends Error {
  override readonly name = "Refused";
}

const object = [
  "org.freedesktop.systemd1",
  "/org/freedesktop/systemd1",
  "org.freedesktop.systemd1.Manager",
];

async function busctl(
  manager: Manager,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string> {
  signal?.throwIfAborted();
  const { user, env } = manager;
  const all = [user ? "--user" : "--system", "--quiet", "--timeout=10", ...args];
  const { error, stdout, stderr } = await run(all, env, signal);
  if (error === null) return stdout;
  signal?.throwIfAborted();
  const said = stderr.trim().replace(/^Call failed: /, "");
  if (error.code === "ENOENT") throw noSystemd(manager, "the program busctl is not here", error);
  if (isMissing(said)) throw noSystemd(manager, said, error);
  if (/access denied|authentication required|permission denied/i.test(said)) {
    throw new CgroupError("X_CGROUP_PERMISSION", `systemd refused ${args[4] ?? args[0]}: ${said}`, {
      cause: error,
      hint: user
        ? "It is another user's manager: become that user with a session of its own"
        : "The system's manager takes orders from root; { user: true } asks that of this user",
    });
  }
  throw new Refused(said === "" ? error.message : said, { cause: error });
}

interface Answer {
  readonly error: (Error & { readonly code?: string | number | null }) | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const options = { env, ...(signal === undefined ? {} : { signal }) };
  return new Promise((resolve) => {
    execFile("busctl", args, options, (error, stdout, stderr) => {
      resolve({ error, stdout, stderr });
    });
  });
}
