import {
  AT_SYMLINK_NOFOLLOW,
  makedev,
  O_CLOEXEC,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_RDONLY,
  O_WRONLY,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  syscall,
} from "@x/syscall";
import { timesOf } from "./attributes.ts";
import { changeMode } from "./change-mode.ts";
import type { LowerFile } from "./merged-lowers.ts";
import { byName } from "./open-beneath.ts";
import type { Status } from "./status.ts";
import { isCopiedXattr } from "./xattr-policy.ts";
import { getXattr, setXattr, xattrNames } from "./xattrs.ts";
import type { XattrPlace } from "./xattrs.ts";

const newFile = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
const pieceBytes = 2 ** 30;

/** Copies a file that is no directory from a layer below, with all that is known of it. */
export function copyUp(lower: LowerFile, directory: number, name: Uint8Array): void {
  const { status } = lower;
  const type = status.mode & S_IFMT;
  if (type === S_IFREG) return copyFile(lower, directory, name);
  if (type === S_IFLNK) {
    const target = Buffer.alloc(4097);
    const length = syscall("readlinkat", lower.directory, lower.name, target, 4096);
    syscall("symlinkat", target.subarray(0, length + 1), directory, name);
  } else {
    syscall("mknodat", directory, name, type | 0o600, makedev(status.major, status.minor));
  }
  if (process.geteuid!() === 0) {
    syscall("fchownat", directory, name, status.uid, status.gid, AT_SYMLINK_NOFOLLOW);
  }
  copyXattrs(byName(lower.directory, lower.name), byName(directory, name));
  if (type !== S_IFLNK) changeMode(directory, name, status.mode & 0o7777);
  syscall("utimensat", directory, name, timesOf(status), AT_SYMLINK_NOFOLLOW);
}

/** Gives a directory what one of a layer below has. The descriptor can be read. */
export function copyAttributes(lower: LowerFile, fd: number): void {
  const { status } = lower;
  if (process.geteuid!() === 0) syscall("fchown", fd, status.uid, status.gid);
  copyXattrs(byName(lower.directory, lower.name), fd);
  syscall("fchmod", fd, status.mode & 0o7777);
  syscall("utimensat", fd, null, timesOf(status), 0);
}

function copyFile(
  { directory: below, name: leaf, status }: LowerFile,
  directory: number,
  name: Uint8Array,
): void {
  const from = syscall("openat", below, leaf, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
  let to = -1;
  try {
    to = syscall("openat", directory, name, newFile, 0o600);
    copyContent(from, to, status);
    if (process.geteuid!() === 0) syscall("fchown", to, status.uid, status.gid);
    copyXattrs(from, to);
    syscall("fchmod", to, status.mode & 0o7777);
    syscall("utimensat", to, null, timesOf(status), 0);
  } finally {
    syscall("close", from);
    if (to !== -1) syscall("close", to);
  }
}

function copyContent(from: number, to: number, { size }: Status): void {
  for (let left = size; left > 0;) {
    const bytes = syscall("copy_file_range", from, null, to, null, Math.min(left, pieceBytes), 0);
    if (bytes === 0) return;
    left -= bytes;
  }
}

function copyXattrs(from: XattrPlace, to: XattrPlace): void {
  for (const name of xattrNames(from)) {
    const value = isCopiedXattr(name) ? getXattr(from, name) : undefined;
    if (value !== undefined) setXattr(to, name, value);
  }
}
