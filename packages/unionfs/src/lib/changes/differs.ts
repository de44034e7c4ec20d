import { readlinkSync, type BigIntStats } from "node:fs";
import { getAttribute, listAttributes } from "../tree/attributes.ts";
import type { Directory } from "../tree/directory.ts";

/** An entry of a layer: where it is, and what it is. */
export interface Entry {
  readonly parent: Directory;
  readonly name: string;
  readonly stats: BigIntStats;
}

const MODE = 0o177777n;

/**
 * Whether two entries of one path differ in what an image keeps: type, mode, owner, time of change,
 * size, device, target of a link, extended attributes. Files with all of that alike are taken to
 * have the same contents; sizes of directories are the file system's affair.
 */
export function differs(one: Entry, other: Entry): boolean {
  const [a, b] = [one.stats, other.stats];
  if ((a.mode & MODE) !== (b.mode & MODE) || a.uid !== b.uid || a.gid !== b.gid) return true;
  if (a.mtimeNs !== b.mtimeNs) return true;
  if (a.isFile() && a.size !== b.size) return true;
  if ((a.isCharacterDevice() || a.isBlockDevice()) && a.rdev !== b.rdev) return true;
  if (a.isSymbolicLink() && linkOf(one) !== linkOf(other)) return true;
  return attributesDiffer(one, other);
}

function linkOf({ parent, name }: Entry): string {
  return readlinkSync(parent.at(name), "latin1");
}

function attributesDiffer(one: Entry, other: Entry): boolean {
  const names = namesOf(one);
  const others = namesOf(other);
  if (names.length !== others.length || names.some((name, i) => name !== others[i])) return true;
  return names.some((name) => {
    const [a, b] = [one, other].map((entry) => getAttribute(entry.parent.at(entry.name), name));
    return Buffer.compare(a ?? EMPTY, b ?? EMPTY) !== 0;
  });
}

const EMPTY = new Uint8Array();
/** What union file systems keep in attributes is not the file's. */
const PRIVATE = /^(trusted|user)\.(overlay|fuseoverlayfs)\./;

function namesOf({ parent, name }: Entry): string[] {
  return listAttributes(parent.at(name)).filter((attribute) => !PRIVATE.test(attribute));
}
