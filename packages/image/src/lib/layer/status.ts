import {
  AT_EMPTY_PATH,
  AT_NO_AUTOMOUNT,
  AT_SYMLINK_NOFOLLOW,
  S_IFCHR,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  STATX_BASIC_STATS,
  syscall,
} from "@x/syscall";
import { isErrno } from "./kernel-said.ts";

/** What a file is, as far as layers care. */
export interface Status {
  /** Type and permission bits: `inode(7)`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly links: number;
  /** Of the inode within its file system; a bigint where a number is too small. */
  readonly inode: number | bigint;
  /** The device number of its file system. */
  readonly filesystem: number;
  /** Bytes. */
  readonly size: number;
  /** Nanoseconds since 1970. */
  readonly atime: bigint;
  readonly mtime: bigint;
  /** Of a device file. */
  readonly major: number;
  readonly minor: number;
}

const answer = Buffer.alloc(256);
const flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;

/** The name of the thing a descriptor stands for itself. */
export const itself: Buffer = Buffer.from("\0");

/**
 * What lies at a name in a directory; with {@link itself}, what the descriptor stands for. A link
 * is not followed. Throws `SyscallError`. Source: statx(2).
 */
export function statusAt(directory: number, name: Uint8Array): Status {
  syscall("statx", directory, name, flags | AT_EMPTY_PATH, STATX_BASIC_STATS, answer);
  return {
    mode: answer.readUInt16LE(28),
    uid: answer.readUInt32LE(20),
    gid: answer.readUInt32LE(24),
    links: answer.readUInt32LE(16),
    inode: inode(),
    filesystem: answer.readUInt32LE(136) * 2 ** 20 + answer.readUInt32LE(140),
    size: Number(answer.readBigUInt64LE(40)),
    atime: time(64),
    mtime: time(112),
    major: answer.readUInt32LE(128),
    minor: answer.readUInt32LE(132),
  };
}

/** What lies at a name in a directory; undefined for nothing. Throws `SyscallError`. */
export function statusIfAny(directory: number, name: Uint8Array): Status | undefined {
  try {
    return statusAt(directory, name);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** The inode alone of what lies at a name in a directory: less to make than a whole status. */
export function inodeAt(directory: number, name: Uint8Array): number | bigint {
  syscall("statx", directory, name, flags | AT_EMPTY_PATH, STATX_BASIC_STATS, answer);
  return inode();
}

/** Whether it is a directory. */
export function isDirectory({ mode }: Status): boolean {
  return (mode & S_IFMT) === S_IFDIR;
}

/** Whether it is a symbolic link. */
export function isSymlink({ mode }: Status): boolean {
  return (mode & S_IFMT) === S_IFLNK;
}

/** Whether it hides what lies below: a character device 0:0. Source: overlayfs.rst, "Whiteouts". */
export function isWhiteout({ mode, major, minor }: Status): boolean {
  return (mode & S_IFMT) === S_IFCHR && major === 0 && minor === 0;
}

function inode(): number | bigint {
  const high = answer.readUInt32LE(36);
  if (high > 0x1f_ffff) return answer.readBigUInt64LE(32);
  return high * 2 ** 32 + answer.readUInt32LE(32);
}

function time(offset: number): bigint {
  return answer.readBigInt64LE(offset) * 1_000_000_000n + BigInt(answer.readUInt32LE(offset + 8));
}
