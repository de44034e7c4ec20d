import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder of a test's own, gone at the end of its block. */
export interface Folder extends Disposable {
  readonly path: string;
  /** A path in it. */
  readonly at: (...names: string[]) => string;
  /** Makes a tree in it, by path: text is a file's content, null a directory; returns its path. */
  readonly tree: (name: string, tree: Tree) => string;
}

/** Files and directories by their paths. */
type Tree = Readonly<Record<string, string | null>>;

export function folder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "x-union-"));
  const at = (...names: string[]): string => join(path, ...names);
  return {
    path,
    at,
    tree(name, tree) {
      mkdirSync(at(name), { recursive: true });
      for (const [entry, content] of Object.entries(tree)) {
        const full = at(name, entry);
        mkdirSync(content === null ? full : dirname(full), { recursive: true });
        if (content !== null) writeFileSync(full, content);
      }
      return at(name);
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
