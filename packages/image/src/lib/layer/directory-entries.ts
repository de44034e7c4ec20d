import { syscall } from "@x/syscall";

/** What `getdents64(2)` says an entry is, without another call. */
export type EntryHint = "directory" | "character" | "other" | "unknown";

const bytes = Buffer.alloc(2 ** 16);
const dot = 0x2e;

/**
 * Gives the next names of a directory, each with its NUL, to `visit`; false when there were none.
 * The names are only valid during that call. Throws `SyscallError`.
 */
export function nextEntries(
  directory: number,
  visit: (name: Uint8Array, hint: EntryHint) => void,
): boolean {
  const length = syscall("getdents64", directory, bytes, bytes.length);
  let any = false;
  for (let at = 0; at < length;) {
    const record = bytes.readUInt16LE(at + 16);
    const type = bytes[at + 18]!;
    const start = at + 19;
    const end = bytes.indexOf(0, start);
    at += record;
    const above =
      bytes[start] === dot &&
      (end === start + 1 || (end === start + 2 && bytes[start + 1] === dot));
    if (above) continue;
    any = true;
    visit(bytes.subarray(start, end + 1), hints[type] ?? "other");
  }
  return any || length > 0;
}

/** All names of a directory, as latin1. Throws `SyscallError`. */
export function entriesOf(directory: number): { name: string; hint: EntryHint }[] {
  const found: { name: string; hint: EntryHint }[] = [];
  const take = (name: Uint8Array, hint: EntryHint): void => {
    found.push({
      name: Buffer.from(name.buffer, name.byteOffset, name.length - 1).toString("latin1"),
      hint,
    });
  };
  while (nextEntries(directory, take));
  return found;
}

const hints: Readonly<Record<number, EntryHint>> = {
  0: "unknown",
  2: "character",
  4: "directory",
};
