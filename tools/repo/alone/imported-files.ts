import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/** What an import of a file brings with it. */
export interface Imported {
  /** The file itself, and those it imports by path. */
  readonly files: readonly string[];
  /** Whatever else is imported: `node:fs`, packages. */
  readonly others: readonly string[];
}

/** Follows the imports of a built file. */
export function importedFiles(entry: string): Imported {
  const files = new Set<string>();
  const others = new Set<string>();
  const follow = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"), true, true);
    for (const { fileName } of importedFiles) {
      if (fileName.startsWith(".")) follow(join(dirname(file), fileName));
      else others.add(fileName);
    }
  };
  follow(entry);
  return { files: [...files], others: [...others].toSorted() };
}
