import { randomUUID } from "node:crypto";
import { rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { removeTree } from "../layer/remove-tree.ts";
import type { StorePaths } from "./paths.ts";
import { errnoOf } from "./store-error.ts";

/**
 * Removes a file or a tree of the store, which nobody finds any more from the first moment on: it
 * is renamed into `incoming` first. What is not there is no error.
 */
export async function discard(paths: StorePaths, path: string): Promise<void> {
  const doomed = join(paths.incoming, `removed-${basename(path).slice(0, 64)}-${randomUUID()}`);
  try {
    await rename(path, doomed);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return;
    throw error;
  }
  await removeTree(doomed);
}
