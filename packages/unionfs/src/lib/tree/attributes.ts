import { syscall, SyscallError } from "@x/syscall";

const LARGEST = 65536;

/**
 * The value of an extended attribute of a path, of a link itself; undefined where it has none, or
 * the file system knows no such thing. Source: lgetxattr(2).
 */
export function getAttribute(path: Uint8Array, name: string): Uint8Array | undefined {
  const value = scratch();
  const length = unlessNone(() =>
    syscall("lgetxattr", terminated(path), terminated(Buffer.from(name, "latin1")), value, LARGEST),
  );
  return length === undefined ? undefined : Uint8Array.from(value.subarray(0, length));
}

/** The names of the extended attributes of a path, sorted, as latin1. Source: llistxattr(2). */
export function listAttributes(path: Uint8Array): string[] {
  const list = scratch();
  const length = unlessNone(() => syscall("llistxattr", terminated(path), list, LARGEST));
  if (length === undefined || length === 0) return [];
  return list.toString("latin1", 0, length).split("\0").slice(0, -1).toSorted();
}

/** Sets an extended attribute of a path, of a link itself. Source: lsetxattr(2). */
export function setAttribute(path: Uint8Array, name: string, value: Uint8Array): void {
  const key = terminated(Buffer.from(name, "latin1"));
  syscall("lsetxattr", terminated(path), key, value, value.length, 0);
}

let shared: Buffer | undefined;

/** Memory for the kernel to write to: nothing here waits, so one piece is enough. */
function scratch(): Buffer {
  return (shared ??= Buffer.alloc(LARGEST));
}

function unlessNone<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof SyscallError && NONE.has(error.code)) return undefined;
    throw error;
  }
}

const NONE: ReadonlySet<string> = new Set(["ENODATA", "EOPNOTSUPP", "ENOENT", "EPERM"]);

function terminated(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, Buffer.alloc(1)]);
}
