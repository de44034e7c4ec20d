import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { copyFile } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { FICLONE, SEEK_DATA, SEEK_HOLE, syscall, SyscallError } from "@x/syscall";
import type { Directory } from "../tree/directory.ts";

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const SMALL = 65_536;
const LARGE = 1 << 20;
/** What `st_blocks` counts in. */
const BLOCK = 512;

/**
 * Copies a regular file's contents: the blocks are shared where the file system can (`FICLONE`),
 * else copied within the kernel (`copy_file_range`), by a thread of the pool. What is small is
 * copied at once, and of a file with holes only what is between them.
 */
export async function copyContents(from: Directory, to: Directory, name: string): Promise<void> {
  const source = openSync(from.at(name), READ);
  try {
    const { size, blocks } = fstatSync(source);
    if (size > SMALL && blocks * BLOCK >= size) {
      const flags = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
      return await copyFile(`/proc/self/fd/${source}`, to.at(name), flags);
    }
    const target = openSync(to.at(name), NEW, 0o600);
    try {
      if (size <= SMALL) copyRange({ source, target, begin: 0, end: size });
      else await copySparse(source, target, size);
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}

async function copySparse(source: number, target: number, size: number): Promise<void> {
  if (shareBlocks(source, target)) return;
  ftruncateSync(target, size);
  for (let end = 0; ;) {
    const begin = seek(source, end, SEEK_DATA);
    if (begin === undefined) return;
    end = seek(source, begin, SEEK_HOLE) ?? size;
    for (let at = begin; at < end; at += LARGE) {
      copyRange({ source, target, begin: at, end: Math.min(end, at + LARGE) });
      await setImmediate();
    }
  }
}

/** Where data or a hole begins; undefined when nothing of the kind follows. Source: lseek(2). */
function seek(fd: number, from: number, what: number): number | undefined {
  try {
    return syscall("lseek", fd, from, what);
  } catch (error) {
    if (error instanceof SyscallError && error.code === "ENXIO") return undefined;
    throw error;
  }
}

/** Whether the file system could do it. Source: ioctl_ficlone(2). */
function shareBlocks(source: number, target: number): boolean {
  try {
    syscall("ioctl", target, FICLONE, source);
    return true;
  } catch (error) {
    if (error instanceof SyscallError) return false;
    throw error;
  }
}

interface Range {
  readonly source: number;
  readonly target: number;
  readonly begin: number;
  readonly end: number;
}

function copyRange({ source, target, begin, end }: Range): void {
  const buffer = Buffer.allocUnsafe(end - begin);
  for (let position = begin; position < end;) {
    const bytes = readSync(source, buffer, 0, end - position, position);
    if (bytes === 0) return;
    let done = 0;
    while (done < bytes) done += writeSync(target, buffer, done, bytes - done, position + done);
    position += bytes;
  }
}
