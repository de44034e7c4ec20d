import {
  AT_FDCWD,
  AT_REMOVEDIR,
  O_CLOEXEC,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  SEEK_SET,
  syscall,
} from "@x/syscall";
import { ImageError } from "../error.ts";
import { printable } from "../tar/fault.ts";
import { nextEntries } from "./directory-entries.ts";
import { isErrno } from "./kernel-said.ts";
import { byDescriptor, openStraight } from "./open-beneath.ts";
import { inodeAt, itself } from "./status.ts";

/** A directory that is being emptied. */
interface Level {
  readonly name: Uint8Array;
  readonly inode: number | bigint;
  readonly directories: Uint8Array[];
  /** -1 while it is closed, because it lies far above. */
  fd: number;
  attempts: number;
}

/** So many directories are open at once, however deep the tree is. */
const openAtMost = 32;

/** Removes what lies at a name in a directory, at once. Throws `SyscallError`, `X_IMAGE_IN_USE`. */
export function removeAt(parent: number, name: Uint8Array): void {
  for (const _ of removal(parent, name));
}

/**
 * Removes what lies at a name in a directory, a part at each step, so that other work can go on in
 * between. No recursion, a bounded number of descriptors. Throws `SyscallError`, `X_IMAGE_IN_USE`.
 */
export function* removal(parent: number, name: Uint8Array): Generator<void, void> {
  if (unlinked(parent, name)) return;
  const levels: Level[] = [];
  try {
    levels.push(open(parent, name));
    while (levels.length > 0) {
      const level = levels.at(-1)!;
      const next = level.directories.pop();
      if (next !== undefined) {
        descend(levels, level, next);
      } else if (nextEntries(level.fd, (entry, hint) => remove(level, entry, hint))) {
        yield;
      } else {
        ascend(levels, level, parent);
      }
    }
  } finally {
    for (const { fd } of levels) if (fd !== -1) syscall("close", fd);
  }
}

function remove(level: Level, entry: Uint8Array, hint: string): void {
  // A copy: the names are those of a buffer that the next call fills again.
  if (hint === "directory" || !unlinked(level.fd, entry, true)) {
    level.directories.push(Buffer.from(entry));
  }
}

/** True once nothing lies there; false for a directory. */
function unlinked(directory: number, name: Uint8Array, owned = false): boolean {
  try {
    syscall("unlinkat", directory, name, 0);
    return true;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return true;
    if (isErrno(error, "EISDIR")) return false;
    if (isErrno(error, "EBUSY")) throw mounted(name);
    if (!owned || !isErrno(error, "EACCES")) throw error;
  }
  syscall("fchmod", directory, 0o700);
  return unlinked(directory, name);
}

function descend(levels: Level[], above: Level, name: Uint8Array): void {
  levels.push(open(above.fd, name));
  const far = levels.at(-openAtMost - 1);
  if (far === undefined || far.fd === -1) return;
  syscall("close", far.fd);
  far.fd = -1;
}

function ascend(levels: Level[], level: Level, parent: number): void {
  const above = levels.at(-2);
  if (above?.fd === -1) above.fd = openAbove(level, above);
  try {
    syscall("unlinkat", above?.fd ?? parent, level.name, AT_REMOVEDIR);
  } catch (error) {
    if (isErrno(error, "EBUSY")) throw mounted(level.name);
    if (isErrno(error, "ENOTEMPTY") && level.attempts++ < 10) {
      // Some file systems lose their place in a directory from which names are taken.
      syscall("lseek", level.fd, 0, SEEK_SET);
      return;
    }
    if (above === undefined || !isErrno(error, "EACCES") || level.attempts++ > 10) throw error;
    syscall("fchmod", above.fd, 0o700);
    return;
  }
  syscall("close", level.fd);
  levels.pop();
}

/** The directory above, checked to be the one that was there on the way down. */
function openAbove(level: Level, above: Level): number {
  const flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  const fd = syscall("openat", level.fd, "..", flags, 0);
  if (inodeAt(fd, itself) === above.inode) return fd;
  syscall("close", fd);
  throw new ImageError("X_IMAGE_IN_USE", "somebody moves directories in it while it is removed");
}

function open(directory: number, name: Uint8Array): Level {
  const fd = openUnlocked(directory, name);
  return { name, inode: inodeAt(fd, itself), directories: [], fd, attempts: 0 };
}

function openUnlocked(directory: number, name: Uint8Array): number {
  try {
    return openStraight(directory, name);
  } catch (error) {
    if (isErrno(error, "EXDEV")) throw mounted(name);
    if (!isErrno(error, "EACCES")) throw error;
  }
  unlock(directory, name);
  return openStraight(directory, name);
}

/** Gives its owner all permissions of a directory that cannot be opened for want of them. */
function unlock(directory: number, name: Uint8Array): void {
  const flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  const fd = syscall("openat", directory, name, flags, 0);
  try {
    syscall("fchmodat", AT_FDCWD, byDescriptor(fd), 0o700);
  } finally {
    syscall("close", fd);
  }
}

function mounted(name: Uint8Array): ImageError {
  return new ImageError(
    "X_IMAGE_IN_USE",
    `something is mounted at ${printable(name.subarray(0, -1))}`,
    {
      hint: "Unmount it first",
    },
  );
}
