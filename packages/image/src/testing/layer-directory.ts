import { chownSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeTree } from "../lib/layer/remove-tree.ts";

/** A new directory with a directory `root` in it, gone at the end of the block. */
export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
  readonly root: string;
}

/** Makes a directory for one test, which belongs to `owner`. */
export function temporaryDirectory(owner: number = process.geteuid!()): TemporaryDirectory {
  const path = mkdtempSync(join(tmpdir(), "layer-"));
  const root = join(path, "root");
  mkdirSync(root);
  if (owner !== process.geteuid!()) {
    for (const place of [path, root]) chownSync(place, owner, owner);
  }
  return { path, root, [Symbol.asyncDispose]: () => removeTree(path) };
}
