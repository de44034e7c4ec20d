import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import type { Directory } from "../tree/directory.ts";

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const SMALL = 65_536;

/**
 * Copies a regular file's contents: the blocks are shared where the file system can (`FICLONE`),
 * else copied within the kernel (`copy_file_range`), by a thread of the pool. What is small is
 * copied at once.
 */
export async function copyContents(from: Directory, to: Directory, name: string): Promise<void> {
  const source = openSync(from.at(name), READ);
  try {
    const { size } = fstatSync(source);
    if (size <= SMALL) return copySmall(source, to, name);
    const flags = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
    await copyFile(`/proc/self/fd/${source}`, to.at(name), flags);
  } finally {
    closeSync(source);
  }
}

function copySmall(source: number, to: Directory, name: string): void {
  const target = openSync(to.at(name), NEW, 0o600);
  try {
    const buffer = Buffer.allocUnsafe(SMALL);
    for (let bytes; (bytes = readSync(source, buffer)) > 0;) {
      for (let done = 0; done < bytes;) done += writeSync(target, buffer, done, bytes - done);
    }
  } finally {
    closeSync(target);
  }
}
