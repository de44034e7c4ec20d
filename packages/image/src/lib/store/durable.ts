import { open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { randomUUID } from "node:crypto";

/**
 * Writes a file so that after any crash it is the old one or the new one, whole: a temporary file
 * in `through`, a directory of the same file system, `fsync`, `rename`, and `fsync` of the directory.
 */
export async function writeDurably(
  path: string,
  text: string | Uint8Array,
  through: string,
): Promise<void> {
  const temporary = `${through}/${randomUUID()}.tmp`;
  const file = await open(temporary, "wx", 0o600);
  try {
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** Has the disk know what names a directory has: `fsync(2)`, NOTES. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
