import { AT_FDCWD, O_CLOEXEC, O_NOFOLLOW, O_PATH, syscall } from "@x/syscall";
import { byDescriptor } from "./open-beneath.ts";

/**
 * Sets the 12 bits of a file's mode; a link is not followed. `fchmodat(2)` follows links, and
 * `fchmod(2)` takes no mere handle: the kernel's own link does. Throws `SyscallError`.
 */
export function changeMode(parent: number, leaf: Uint8Array, mode: number): void {
  const fd = syscall("openat", parent, leaf, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
  try {
    syscall("fchmodat", AT_FDCWD, byDescriptor(fd), mode);
  } finally {
    syscall("close", fd);
  }
}
