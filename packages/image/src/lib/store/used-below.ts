import { closeSync, constants, lstatSync, openSync, readdirSync, type BigIntStats } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { errnoOf } from "./store-error.ts";

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/**
 * The bytes of a file, or of the files of a tree, where a file with several names counts once. The
 * tree may be an image's or a container's, and change meanwhile: it is gone through by descriptors
 * and no link is followed. What cannot be looked at counts nothing.
 */
export async function usedBelow(path: string): Promise<number> {
  const top = look(Buffer.from(path));
  if (top === undefined) return 0;
  return top.isDirectory() ? below(Buffer.from(path), new Set()) : Number(top.size);
}

async function below(path: Buffer, seen: Set<string>): Promise<number> {
  const fd = orNothing(() => openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  if (fd === undefined) return 0;
  try {
    const directory = Buffer.from(`/proc/self/fd/${fd}/`);
    let bytes = 0;
    for (const name of orNothing(() => readdirSync(directory, { encoding: "buffer" })) ?? []) {
      const entry = Buffer.concat([directory, name]);
      const found = look(entry);
      if (found === undefined) continue;
      if (found.isDirectory()) bytes += await below(entry, seen);
      else if (isNew(found, seen)) bytes += Number(found.size);
    }
    await setImmediate();
    return bytes;
  } finally {
    closeSync(fd);
  }
}

function look(path: Buffer): BigIntStats | undefined {
  return orNothing(() => lstatSync(path, { bigint: true }));
}

function isNew({ nlink, dev, ino }: BigIntStats, seen: Set<string>): boolean {
  if (nlink === 1n) return true;
  const key = `${dev} ${ino}`;
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

function orNothing<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (passing.has(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}

/** Gone or changed meanwhile, or closed to this user. */
const passing: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ELOOP", "EACCES", "EMFILE"]);
