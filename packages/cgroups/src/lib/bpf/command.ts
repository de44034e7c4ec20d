import { addressOf, pack, syscall } from "@x/syscall";
import type { StructLayout } from "@x/syscall";

/** What a field of a command's struct holds: a number, bytes it points to, or a text within it. */
export type CommandField = number | Uint8Array | string;

/**
 * Makes a `bpf(2)` call and returns what it returned, a descriptor mostly. Afterwards `attr` is the
 * struct as the kernel left it.
 *
 * @throws SyscallError
 */
export function command(
  number: number,
  layout: StructLayout,
  fields: Readonly<Record<string, CommandField>>,
  attr: Uint8Array = new Uint8Array(layout.bytes),
): number {
  attr.set(pack(layout, Object.fromEntries(Object.entries(fields).flatMap(wordOf))));
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === "string") attr.set(Buffer.from(value), layout.fields[name]?.offset);
  }
  held.push(...Object.values(fields));
  try {
    return syscall("bpf", number, attr, attr.length);
  } finally {
    held.length = 0;
  }
}

/** What the kernel may touch during a call: an address does not keep bytes from being collected. */
const held: CommandField[] = [];

function wordOf([name, value]: [string, CommandField]): [string, number | bigint][] {
  if (typeof value === "string") return [];
  return [[name, typeof value === "number" ? value : addressOf(value)]];
}

/** A text within a struct, which ends at its first NUL. */
export function textAt(bytes: Uint8Array, offset: number): string {
  const end = bytes.indexOf(0, offset);
  return Buffer.from(bytes.subarray(offset, end === -1 ? bytes.length : end)).toString("latin1");
}
