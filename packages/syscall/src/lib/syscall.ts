import type { Arch } from "./arch.ts";
import { archValue } from "./arch-value.ts";
import { libc } from "./libc.ts";
import type { Native } from "./libc.ts";
import type { Parameter } from "./parameter.ts";
import { callableArch } from "./platform.ts";
import { signatures } from "./signatures.ts";
import { checkArgument, InvalidArgumentError } from "./syscall-argument.ts";
import type { SyscallArgument } from "./syscall-argument.ts";
import { SyscallError } from "./syscall-error.ts";
import { syscallNumber } from "./syscall-number.ts";
import type { SyscallName } from "./syscall-number.ts";

/**
 * Makes a system call in this process and returns what it returned. Arguments that are left out are
 * 0. Numbers are checked against their parameter's range; flags, written in the constants of this
 * package, are translated to the machine's. Nothing is retried, not even `EINTR`.
 *
 * The kernel knows threads, not processes: `setns`, `unshare`, `setresuid`, `setgroups`, `capset`,
 * `prctl` and `seccomp` change the calling thread alone, where the functions of the C library
 * change all. A call that blocks blocks the event loop. `fork`, and `clone3` without `CLONE_VM`,
 * make a child that dies at its first use of JavaScript's heap: start programs with `spawnFile`.
 *
 * @throws SyscallError with the kernel's answer.
 * @throws InvalidArgumentError for an argument out of its range, before the kernel is asked.
 * @throws UnsupportedSyscallError when this architecture lacks the call.
 * @throws UnsupportedPlatformError anywhere but on Linux on x86-64 or arm64.
 */
export function syscall(name: SyscallName, ...args: SyscallArgument[]): number {
  const arch = callableArch(process.platform, process.arch);
  const number = syscallNumber(name, arch);
  const words = toWords(name, args, arch);
  const { call, errno } = native();
  const result = call(
    number,
    words[0] ?? 0,
    words[1] ?? 0,
    words[2] ?? 0,
    words[3] ?? 0,
    words[4] ?? 0,
    words[5] ?? 0,
  );
  if (result === -1) {
    // In the very next statement: any other call may overwrite it.
    const code = errno();
    release();
    throw new SyscallError(name, args, code);
  }
  release();
  return Number(result);
}

interface NativeSyscall {
  readonly call: Native;
  readonly errno: () => number;
}

let found: NativeSyscall | undefined;

/**
 * `syscall(2)` is variadic in C. Integers are passed alike either way on both architectures, and a
 * fixed declaration is what every foreign function interface can do.
 */
function native(): NativeSyscall {
  if (found === undefined) {
    const { declare, errno } = libc();
    found = { call: declare("syscall", "int64", Array(7).fill("int64")), errno };
  }
  return found;
}

/** What the kernel may touch during a call; held so that it is not collected meanwhile. */
const held: Uint8Array[] = [];

function release(): void {
  held.length = 0;
}

function toWords(
  name: SyscallName,
  args: readonly SyscallArgument[],
  arch: Arch,
): (number | bigint)[] {
  const parameters = signatures[name];
  const most = parameters?.length ?? 6;
  release();
  if (args.length > most) {
    throw new InvalidArgumentError(name, "arguments", args.length, `at most ${most}`);
  }
  return args.map((value, index) => toWord(name, value, parameters?.[index] ?? word(index), arch));
}

/** A parameter of a call without signature: any 64 bits. */
function word(index: number): Parameter {
  return { name: `argument ${index + 1}`, type: "pointer" };
}

function toWord(
  name: SyscallName,
  value: SyscallArgument,
  parameter: Parameter,
  arch: Arch,
): number | bigint {
  checkArgument(name, parameter, value);
  if (value === null) return 0;
  if (typeof value === "string") return hold(Buffer.from(`${value}\0`));
  if (typeof value === "object") return hold(value);
  if (parameter.flags === undefined) return value;
  return archValue(parameter.flags, value, arch);
}

/**
 * Where bytes lie in memory, for a struct that points to them. Hold on to the bytes until the call
 * has been made: an address does not keep them from being collected.
 *
 * @throws UnsupportedPlatformError anywhere but on Linux on x86-64 or arm64.
 */
export function addressOf(bytes: Uint8Array): bigint {
  return libc().address(bytes);
}

function hold(bytes: Uint8Array): bigint {
  held.push(bytes);
  return addressOf(bytes);
}
