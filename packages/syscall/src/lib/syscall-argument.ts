import type { Parameter, ParameterType } from "./parameter.ts";

/**
 * What a system call takes: numbers as they are, a string as the address of its UTF-8 bytes and a
 * NUL, bytes as their address (the kernel may write to them), null as 0.
 */
export type SyscallArgument = number | bigint | string | Uint8Array | null;

/** Thrown before the kernel is asked, for an argument that its parameter cannot hold. */
export class InvalidArgumentError extends RangeError {
  override readonly name = "InvalidArgumentError";
  readonly code = "X_INVALID_ARGUMENT";
  readonly syscall: string;
  readonly parameter: string;
  readonly value: unknown;

  constructor(syscall: string, parameter: string, value: unknown, expected: string) {
    super(`${syscall}: "${parameter}" must be ${expected}, not ${show(value)}`);
    this.syscall = syscall;
    this.parameter = parameter;
    this.value = value;
  }
}

/**
 * Checks that an argument is of its parameter's kind and range. The kernel and koffi would cut off
 * what is too wide, and call with another number than the one that was meant.
 *
 * @throws InvalidArgumentError naming the call and the parameter.
 */
export function checkArgument(syscall: string, parameter: Parameter, value: SyscallArgument): void {
  const { name, type } = parameter;
  if (typeof value === "string" || value instanceof Uint8Array || value === null) {
    if (numeric.has(type)) throw new InvalidArgumentError(syscall, name, value, "a number");
    if (typeof value === "string" && value.includes("\0")) {
      throw new InvalidArgumentError(syscall, name, value, "a string without NUL");
    }
    if (value instanceof Uint8Array && type !== "pointer" && !value.includes(0)) {
      throw new InvalidArgumentError(syscall, name, value, "bytes that end with a NUL");
    }
    return;
  }
  if (typeof value !== "number" && typeof value !== "bigint") {
    throw new InvalidArgumentError(syscall, name, value, "a number, bigint, string, bytes or null");
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError(syscall, name, value, "an integer up to 2^53; beyond, a bigint");
  }
  const [least, most] = range(parameter);
  if (value < least || value > most) {
    throw new InvalidArgumentError(syscall, name, value, `from ${least} to ${most}`);
  }
}

const numeric: ReadonlySet<ParameterType> = new Set<ParameterType>([
  "fd",
  "dirfd",
  "int",
  "uint",
  "size",
  "mode",
  "signal",
  "uid",
  "gid",
  "pid",
  "dev",
]);

type Range = readonly [least: number | bigint, most: number | bigint];

const signed: Range = [-0x8000_0000, 0x7fff_ffff];
const unsigned: Range = [0, 0xffff_ffff];
const either: Range = [-0x8000_0000, 0xffff_ffff];
/** `chown(2)`, `setresuid(2)`: -1 leaves an id as it is. */
const id: Range = [-1, 0xffff_ffff];
const wide: Range = [-(2n ** 63n), 2n ** 64n - 1n];

const ranges: Readonly<Record<ParameterType, Range>> = {
  fd: signed,
  dirfd: signed,
  int: signed,
  pid: signed,
  signal: [0, 64],
  uint: unsigned,
  mode: unsigned,
  dev: unsigned,
  uid: id,
  gid: id,
  size: wide,
  pointer: wide,
  path: wide,
  string: wide,
};

/** `|` of JavaScript gives a negative number once bit 31 is set: `archValue` makes it unsigned. */
function range({ type, flags }: Parameter): Range {
  return flags !== undefined && (type === "int" || type === "uint") ? either : ranges[type];
}

function show(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  return String(value);
}
