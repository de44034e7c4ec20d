import { closeSync, constants, openSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { kernelError } from "./kernel-error.ts";

/** Writes into a file of the kernel, in one write. Throws `CgroupError` with what was tried. */
export function writeFile(path: string, value: string, field?: string): void {
  try {
    const fd = openSync(path, constants.O_WRONLY);
    try {
      writeSync(fd, value);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw refused(path, value, error, field);
  }
}

/**
 * The same without holding up the event loop: lowering a limit makes the kernel reclaim memory
 * before it returns.
 */
export async function writeFileSlowly(path: string, value: string, field?: string): Promise<void> {
  try {
    await using file = await open(path, constants.O_WRONLY);
    await file.write(value);
  } catch (error) {
    throw refused(path, value, error, field);
  }
}

function refused(path: string, value: string, error: unknown, field: string | undefined): Error {
  return kernelError(`cannot write ${JSON.stringify(value)} to ${path}`, error, field);
}
