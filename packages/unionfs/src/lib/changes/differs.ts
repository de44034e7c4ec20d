import { readlinkSync, type BigIntStats } from "node:fs";
import { mapId, type IdMap, type IdMapping } from "../id-map.ts";
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
 * size, device, target of a link, extended attributes. The other's owner is first mapped. Files with all of that alike are taken to
 * have the same contents; sizes of directories are the file system's affair.
 */
export function differs(one: Entry, other: Entry, idmap?: IdMap): boolean {
  const [a, b] = [one.stats, other.stats];
  if ((a.mode & MODE) !== (b.mode & MODE)) return true;
  if (Number(a.uid) !== mapped(b.uid, idmap?.uidMappings)) return true;
  if (Number(a.gid) !== mapped(b.gid, idmap?.gidMappings)) return true;
  if (a.mtimeNs !== b.mtimeNs) return true;
  if (a.isFile() && a.size !== b.size) return true;
  if ((a.isCharacterDevice() || a.isBlockDevice()) && a.rdev !== b.rdev) return true;
  if (a.isSymbolicLink() && linkOf(one) !== linkOf(other)) return true;
  return attributesDiffer(one, other);
}

function mapped(id: bigint, mappings: readonly IdMapping[] | undefined): number | undefined {
  return mappings === undefined ? Number(id) : mapId(Number(id), mappings);
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
