import { closeSync, fsync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";

/** Alone worth another thread: what else is done to a small file takes less time than to ask one. */
const sync = promisify(fsync);

/**
 * Writes a small file so that after any crash it is the old one or the new one, whole: a temporary
 * file in `through`, a directory of the same file system, `fsync`, `rename`, and `fsync` of the
 * directory.
 */
export async function writeDurably(
  path: string,
  text: string | Uint8Array,
  through: string,
): Promise<void> {
  const temporary = `${through}/${randomUUID()}.tmp`;
  const file = openSync(temporary, "wx", 0o600);
  try {
    try {
      writeFileSync(file, text);
      await sync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** Syncs that have yet to begin, and those that go on, by the path of the directory. */
const waiting = new Map<string, Promise<void>>();
const running = new Map<string, Promise<void>>();

/**
 * Has the disk know what names a directory has now: `fsync(2)`, NOTES. Several that ask for it at
 * about the same time share one.
 */
export function syncDirectory(path: string): Promise<void> {
  const shared = waiting.get(path) ?? syncNext(path);
  waiting.set(path, shared);
  return shared;
}

async function syncNext(path: string): Promise<void> {
  // Its failure is told to those who wait for it.
  await running.get(path)?.catch(() => undefined);
  waiting.delete(path);
  const now = syncNow(path);
  running.set(path, now);
  try {
    await now;
  } finally {
    if (running.get(path) === now) running.delete(path);
  }
}

async function syncNow(path: string): Promise<void> {
  const directory = openSync(path, "r");
  try {
    await sync(directory);
  } finally {
    closeSync(directory);
  }
}
