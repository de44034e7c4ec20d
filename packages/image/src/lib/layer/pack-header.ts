import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, syscall } from "@x/syscall";
import type { TarEntryType, TarHeader } from "../tar/entry.ts";
import { changed, reading } from "./pack-error.ts";
import type { Found } from "./pack-walk.ts";
import type { Status } from "./status.ts";
import { overrideXattr } from "./xattr-policy.ts";
import { getXattr, xattrNames, type XattrPlace } from "./xattrs.ts";

/** A user, by number. */
export interface LayerUser {
  readonly uid: number;
  readonly gid: number;
}

/** How the attributes of files get into a layer. */
export interface HeaderContext {
  /** `record`: owners are those that were written down beside the files; else `here` is `user`. */
  readonly owners: "keep" | "record";
  readonly here: LayerUser;
  readonly user: LayerUser;
  /** No time is later than this: nanoseconds since 1970. */
  readonly latest: bigint | undefined;
}

type FoundFile = Extract<Found, { kind: "file" }>;

const types: Readonly<Record<number, TarEntryType>> = {
  [S_IFREG]: "file",
  [S_IFDIR]: "directory",
  [S_IFLNK]: "symlink",
  [S_IFCHR]: "character",
  [S_IFBLK]: "block",
  [S_IFIFO]: "fifo",
};
const nothing = new Uint8Array(0);
const target = Buffer.alloc(4097);

/**
 * The head of an entry for what was found; `fd` is the file's own where it is open. Throws
 * `X_IMAGE_INVALID`, `X_IMAGE_STORE`.
 */
export function headerOf(
  found: FoundFile,
  status: Status,
  fd: number | undefined,
  context: HeaderContext,
): TarHeader {
  const { path } = found;
  const type = types[status.mode & S_IFMT];
  if (type === undefined) throw changed(path, "it is no kind of file that is known");
  const xattrs = reading(path, () => xattrsOf(fd ?? placeOf(found)));
  const device = type === "character" || type === "block";
  const { latest } = context;
  const said = xattrs.get(overrideXattr);
  xattrs.delete(overrideXattr);
  return {
    type,
    name: nameOf(path, type),
    linkName: type === "symlink" ? reading(path, () => linkTarget(found)) : nothing,
    mode: status.mode & 0o7777,
    uid: status.uid,
    gid: status.gid,
    size: type === "file" ? status.size : 0,
    mtime: latest !== undefined && status.mtime > latest ? latest : status.mtime,
    major: device ? status.major : 0,
    minor: device ? status.minor : 0,
    xattrs,
    ...(context.owners === "record" ? ownerOf(status, said, context) : undefined),
  };
}

/** The head of a note on the layers below: an empty file. Source: OCI layer.md, "Whiteouts". */
export function markHeader(path: string, latest: bigint | undefined): TarHeader {
  return {
    type: "file",
    name: nameOf(path, "file"),
    linkName: nothing,
    mode: 0,
    uid: 0,
    gid: 0,
    size: 0,
    mtime: latest !== undefined && latest < 0n ? latest : 0n,
    major: 0,
    minor: 0,
    xattrs: new Map(),
  };
}

/** The name of a path (bytes as latin1) in an archive. */
function nameOf(path: string, type: TarEntryType): Uint8Array {
  const relative = path === "" ? "." : path;
  return Buffer.from(type === "directory" ? `${relative}/` : relative, "latin1");
}

/** Where to ask for the attributes of what is not open; the calls do not follow its last name. */
function placeOf({ parent, name }: FoundFile): Uint8Array {
  return Buffer.concat([Buffer.from(`/proc/self/fd/${parent}/`), name]);
}

function linkTarget({ parent, name }: FoundFile): Uint8Array {
  const length = syscall("readlinkat", parent, name, target, target.length);
  return new Uint8Array(target.subarray(0, length));
}

/** The attributes that go into a layer, sorted, and the one that holds what was written down. */
function xattrsOf(place: XattrPlace): Map<string, Uint8Array> {
  const xattrs = new Map<string, Uint8Array>();
  for (const name of xattrNames(place).toSorted()) {
    const packed = packedXattr(name);
    if (packed === undefined) continue;
    const value = getXattr(place, name);
    if (value !== undefined) xattrs.set(packed, value);
  }
  return xattrs;
}

/**
 * The name under which an attribute of a file goes into a layer; undefined for those that mean
 * something on this machine alone. The reverse of what happens when a layer is applied.
 */
function packedXattr(name: string): string | undefined {
  if (name === "security.selinux" || name === "system.nfs4_acl") return undefined;
  const own = /^(trusted|user)\.overlay\./.exec(name)?.[0];
  if (own === undefined) return name;
  const escaped = `${own}overlay.`;
  return name.startsWith(escaped) ? `${own}${name.slice(escaped.length)}` : undefined;
}

/**
 * The owner as `containers/storage` writes it down, `uid:gid:mode`. The mode of the file is the one
 * that was written down, or what somebody has made of it since. What has no such note was made by
 * this user.
 */
function ownerOf(
  { uid, gid }: Status,
  said: Uint8Array | undefined,
  { here, user }: HeaderContext,
): LayerUser {
  const text = said === undefined ? "" : Buffer.from(said).toString("latin1");
  const match = /^(\d{1,10}):(\d{1,10}):[0-7]{1,7}(?::|$)/.exec(text);
  if (match !== null) return { uid: Number(match[1]), gid: Number(match[2]) };
  return { uid: uid === here.uid ? user.uid : uid, gid: gid === here.gid ? user.gid : gid };
}
