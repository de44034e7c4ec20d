import type { Parameter } from "./parameter.ts";
import { signatures } from "./signatures.ts";
import { symbolic } from "./symbolic.ts";
import type { SyscallArgument } from "./syscall-argument.ts";
import type { SyscallName } from "./syscall-number.ts";

/** A call as `strace` would print it: `openat(AT_FDCWD, "/etc", O_RDONLY|O_DIRECTORY)`. */
export function formatCall(name: SyscallName, args: readonly SyscallArgument[]): string {
  const parameters = signatures[name] ?? [];
  return `${name}(${args.map((value, index) => formatArgument(value, parameters[index])).join(", ")})`;
}

/** One argument: flags by name, text in quotes, bytes by their number. */
export function formatArgument(value: SyscallArgument, parameter?: Parameter): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return quote(value);
  if (typeof value !== "number" && typeof value !== "bigint") return `<${value.length} bytes>`;
  if (parameter?.flags !== undefined) return symbolic(parameter.flags, value);
  if (parameter !== undefined && addresses.has(parameter.type)) {
    // A number is a number (`prctl`, `fcntl` and `ioctl` take both), a bigint an address.
    if (typeof value === "bigint") return `0x${BigInt.asUintN(64, value).toString(16)}`;
  }
  return String(value);
}

const addresses: ReadonlySet<string> = new Set(["pointer", "path", "string"]);

const longest = 96;

function quote(text: string): string {
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return JSON.stringify(short);
}
