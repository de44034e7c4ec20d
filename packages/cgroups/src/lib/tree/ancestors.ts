import { comeBack } from "./aside.ts";
import { removeDirectory } from "./directory.ts";

/** Ancestors that were made on the way to groups of ours, and how many groups still need them. */
const kept = new Map<string, { users: number; made: Set<string> }>();

/** Takes note that a group in `parent` needs the directories that were made for it. */
export function retainAncestors(parent: string, made: readonly string[]): void {
  const entry = kept.get(parent) ?? { users: 0, made: new Set() };
  entry.users++;
  for (const path of made) entry.made.add(path);
  kept.set(parent, entry);
}

/** The last group in `parent` takes with it what was made for it, unless others use it. */
export function releaseAncestors(parent: string): void {
  const entry = kept.get(parent);
  if (entry === undefined || --entry.users > 0) return;
  kept.delete(parent);
  // The deepest first; a hierarchy's are independent of the others'.
  const paths = [...entry.made].toSorted((a, b) => b.length - a.length);
  for (const path of paths) removeDirectory(path);
  comeBackUnlessNeeded();
}

/** Without a group of ours this process may be where it was before the first. */
export function comeBackUnlessNeeded(): void {
  if (kept.size === 0) comeBack();
}
