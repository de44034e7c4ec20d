import type { BigIntStats } from "node:fs";
import type { Marks } from "../marks/marks.ts";
import { byBytes, type Directory } from "./directory.ts";

/** What several layers together have under one name. */
export interface Below {
  readonly stats: BigIntStats;
  /** The directory in the topmost layer that has it. */
  readonly parent: Directory;
  /** The layers in whose directories that directory continues, topmost first, with their parents. */
  readonly continues: readonly Directory[];
}

/** Looks a name up in directories that are one, the topmost first. */
export function findBelow(
  parents: readonly Directory[],
  name: string,
  marks: Marks,
): Below | undefined {
  let top: { readonly stats: BigIntStats; readonly parent: Directory } | undefined;
  const continues: Directory[] = [];
  for (const parent of parents) {
    const { stats, last } = marks.find(parent, name);
    if (stats !== undefined) {
      if (top === undefined) top = { stats, parent };
      if (!stats.isDirectory()) break;
      continues.push(parent);
    }
    if (last) break;
  }
  return top === undefined ? undefined : { ...top, continues };
}

/** Opens the directories that {@link findBelow} found, down to the first opaque one. */
export function openBelow(below: Below, name: string, marks: Marks): Directory[] {
  const opened: Directory[] = [];
  try {
    for (const parent of below.continues) {
      const directory = parent.open(name);
      if (directory === undefined) break;
      opened.push(directory);
      if (marks.isOpaque(directory)) break;
    }
    return opened;
  } catch (error) {
    closeAll(opened);
    throw error;
  }
}

/** The names that directories have which are one, the topmost first; sorted by bytes. */
export function namesBelow(directories: readonly Directory[], marks: Marks): string[] {
  const names = new Set<string>();
  const gone = new Set<string>();
  for (const directory of directories) {
    const { entries, whiteouts, opaque } = marks.list(directory);
    for (const name of entries.keys()) if (!gone.has(name)) names.add(name);
    whiteouts.forEach((name) => gone.add(name));
    if (opaque) break;
  }
  return [...names].toSorted(byBytes);
}

/** Closes directories; those that are closed already stay so. */
export function closeAll(directories: readonly Directory[]): void {
  for (const directory of directories) directory.close();
}
