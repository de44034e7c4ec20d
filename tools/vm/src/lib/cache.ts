import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where unpacked kernels stay: X_VM_CACHE, else x-vm in XDG_CACHE_HOME or in ~/.cache. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env["X_VM_CACHE"] ?? join(env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "x-vm");
}

/**
 * The folder `name` in the cache, filled by `fill` when it is not there yet. It appears complete or
 * not at all: whoever renames first wins, and two runs at once do no harm. What killed runs left
 * half done is removed.
 */
export async function cached(
  name: string,
  fill: (folder: string) => Promise<void>,
  cache: string = cacheFolder(),
): Promise<string> {
  const place = join(cache, name);
  if (existsSync(place)) {
    return place;
  }
  mkdirSync(cache, { recursive: true });
  removeAbandoned(cache);
  const folder = join(cache, `${name}.${process.pid}.${randomUUID().slice(0, 8)}.partial`);
  mkdirSync(folder);
  try {
    await fill(folder);
    renameSync(folder, place);
  } catch (error) {
    if (!isLostRace(error, place)) {
      throw error;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return place;
}

function isLostRace(error: unknown, place: string): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return ["ENOTEMPTY", "EEXIST"].includes(code) && existsSync(place);
}

function removeAbandoned(cache: string): void {
  for (const name of readdirSync(cache)) {
    const [, pid] = /\.(\d+)\.\w+\.partial$/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) {
      rmSync(join(cache, name), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
