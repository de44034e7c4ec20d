import type { TarHeader } from "../tar/entry.ts";
import type { Attributes } from "./attributes.ts";
import type { Status } from "./status.ts";

/** What is known of a directory below the root while a layer is applied. */
export interface LayerDirectory {
  /** Relative to the root, without any link in it; bytes as latin1, `""` for the root. */
  readonly path: string;
  readonly inode: number | bigint;
  /** This layer made it, or emptied it: all in it is this layer's. */
  own: boolean;
  /** What is below it in other layers does not show, and gives it no attributes. */
  hides: boolean;
  /** The mode that it has now: 12 bits. */
  mode: number;
  /** What the layer says it should be; undefined for one that is only on the way to others. */
  described: Attributes | undefined;
  /** The access list that new files in it inherit, set when there are none to come. */
  acl: Uint8Array | undefined;
  /** What it was before, for one that other layers made. */
  readonly before: Status | undefined;
  /** What this layer put into one that other layers made. */
  names: Set<string> | undefined;
  /** It gives new files a group or an access list. */
  readonly inherits: boolean;
}

/** A directory that can be worked in. The descriptor is a mere handle, and not the caller's to close. */
export interface OpenDirectory {
  readonly fd: number;
  readonly node: LayerDirectory;
}

/** What a directory is that no layer describes. */
export const undescribed: Attributes = { uid: 0, gid: 0, mode: 0o755, mtime: 0n };

/** The attributes alone of an entry: its names and content need not stay. */
export function attributesOf({ uid, gid, mode, mtime, atime }: TarHeader): Attributes {
  return { uid, gid, mode, mtime, ...(atime === undefined ? undefined : { atime }) };
}

/** Whether what lies at a name was put there by this layer. */
export function isOurs({ own, names }: LayerDirectory, leaf: string): boolean {
  return own || (names?.has(leaf) ?? false);
}

/** Notes that this layer put something at a name. */
export function claim(node: LayerDirectory, leaf: string): void {
  if (!node.own) (node.names ??= new Set()).add(leaf);
}

/** Directories in such an order that what is in one comes before it. */
export function deepestFirst<T extends { readonly path: string }>(directories: Iterable<T>): T[] {
  const levels: T[][] = [];
  for (const directory of directories) (levels[depthOf(directory.path)] ??= []).push(directory);
  return Array.from(levels, (level) => level ?? [])
    .toReversed()
    .flat();
}

function depthOf(path: string): number {
  if (path === "") return 0;
  let depth = 1;
  for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) depth++;
  return depth;
}
