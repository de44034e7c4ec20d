import { closeSync, constants, existsSync, openSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { CgroupError } from "../error.ts";
import { errnoOf, kernelError } from "./kernel-error.ts";

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
    const file = await open(path, constants.O_WRONLY);
    try {
      await file.write(value);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw refused(path, value, error, field);
  }
}

function refused(path: string, value: string, cause: unknown, field: string | undefined): Error {
  const attempt = `cannot write ${JSON.stringify(value)} to ${path}`;
  const at = { cause, ...(field === undefined ? {} : { field }) };
  const code = errnoOf(cause);
  if (code === "ENOENT" && !existsSync(path) && existsSync(path.slice(0, path.lastIndexOf("/")))) {
    return new CgroupError("X_CGROUP_UNSUPPORTED", `${attempt}: this kernel has no such file`, at);
  }
  if (code === "ENODEV" && /[/](?:blk)?io[.][^/]*$/.test(path)) {
    const hint = "lsblk -o NAME,MAJ:MIN lists the block devices; a limit is for the whole disk";
    return new CgroupError("X_CGROUP_INVALID", `${attempt}: there is no such disk (ENODEV, 19)`, {
      ...at,
      hint,
    });
  }
  return kernelError(attempt, cause, field);
}
