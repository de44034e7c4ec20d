import { copyFile, readFile } from "node:fs/promises";
import { formatIndexFile, isDescriptor, parseIndexFile, withName } from "../index-file.ts";
import type { IndexFile } from "../index-file.ts";
import { lock } from "../lock.ts";
import { indexLock } from "../paths.ts";
import { writeIndex } from "../references.ts";
import { emptyIndexText } from "../skeleton.ts";
import { report, type Inspection } from "./inspection.ts";
import { salvage } from "./salvage.ts";
import { findUnnamed } from "./unnamed.ts";

/** Looks at `index.json`; whether it can be read, now or by now. */
export async function checkNames(inspection: Inspection): Promise<boolean> {
  const { paths } = inspection;
  const text = await readFile(paths.index, "utf8").catch(() => undefined);
  const index = text === undefined ? undefined : parsed(text, paths.index);
  if (index?.manifests.every(isDescriptor) === true) return true;
  const copy = `${paths.index}.damaged-${Date.now()}`;
  const isMended = await report(inspection, {
    kind: "bad-index",
    subject: paths.index,
    message: messageOf(paths.index, text, index),
    remedy:
      "It is written again from what can be read of it; images whose names are lost get the name " +
      "localhost/recovered:… and what it was is kept beside it",
    async mend() {
      await using _ = await lock(indexLock(paths), { kind: "exclusive" });
      if (text !== undefined) await copyFile(paths.index, copy);
      let next = index ?? (JSON.parse(emptyIndexText) as IndexFile);
      const manifests = index?.manifests.filter(isDescriptor) ?? salvage(text ?? "");
      next = { ...next, manifests };
      if (index === undefined) {
        for (const { name, descriptor } of await findUnnamed(paths, manifests)) {
          next = withName(next, name, descriptor);
        }
      }
      await writeIndex(paths, formatIndexFile(next));
    },
  });
  return isMended || index !== undefined;
}

function parsed(text: string, path: string): IndexFile | undefined {
  try {
    return parseIndexFile(text, path);
  } catch {
    return undefined;
  }
}

function messageOf(path: string, text: string | undefined, index: IndexFile | undefined): string {
  if (text === undefined) return `${path}, which has the names of all images, is missing`;
  if (index === undefined) return `${path}, which has the names of all images, is damaged`;
  return `${path} has entries that are no descriptors`;
}
