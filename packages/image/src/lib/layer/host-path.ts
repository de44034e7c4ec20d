import { AT_FDCWD, syscall } from "@x/syscall";
import { isErrno } from "./kernel-said.ts";
import { byDescriptor } from "./open-beneath.ts";

/** The path of a directory on the host, with a slash behind it; empty when it is too long. */
export function pathOnHost(fd: number): Buffer {
  const bytes = Buffer.alloc(8192);
  try {
    const length = syscall("readlinkat", AT_FDCWD, byDescriptor(fd), bytes, bytes.length - 1);
    if (length > 1) bytes[length] = 0x2f;
    return bytes.subarray(0, length > 1 ? length + 1 : length);
  } catch (error) {
    if (isErrno(error, "ENAMETOOLONG")) return bytes.subarray(0, 0);
    throw error;
  }
}

/**
 * Where a directory lies below another, without links on the way; undefined when nobody can say. It
 * is a name only: who uses it checks what is there.
 */
export function pathBelow(above: Uint8Array, fd: number): string | undefined {
  const path = pathOnHost(fd);
  const inside = path.length > above.length && path.subarray(0, above.length).equals(above);
  return inside ? path.toString("latin1", above.length, path.length - 1) : undefined;
}
