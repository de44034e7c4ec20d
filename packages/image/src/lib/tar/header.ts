import type { TarEntryType, TarHeader } from "./entry.ts";
import { malformed, overLimit } from "./fault.ts";
import { fieldNumber, fields, fieldText } from "./field.ts";
import type { TarLimits } from "./limits.ts";
import type { PaxRecords } from "./pax.ts";

/** What stood before a header block and says more about its entry. */
export interface HeaderContext {
  /** Of GNU's `L` and `K` entries. */
  readonly longName: Uint8Array | undefined;
  readonly longLink: Uint8Array | undefined;
  readonly pax: PaxRecords;
  readonly globals: PaxRecords;
}

/** The type of an entry by the letter in its header; others are refused. */
const types: Readonly<Record<number, TarEntryType>> = {
  0x00: "file",
  0x30: "file",
  0x31: "hardlink",
  0x32: "symlink",
  0x33: "character",
  0x34: "block",
  0x35: "directory",
  0x36: "fifo",
  0x37: "file",
  0x53: "file",
};

const nothing: ReadonlyMap<string, Uint8Array> = new Map();
const noName = new Uint8Array(0);
const slash = 0x2f;

const highestId = 0xffff_fffe;
const highestDevice = 0xffff_ffff;

const posixMagic = Buffer.from("ustar\0", "latin1");
const gnuMagic = Buffer.from("ustar  \0", "latin1");

/** Whether the header is of POSIX's format, which alone has a prefix. */
function isPosix(block: Uint8Array, at: number): boolean {
  return hasMagic(block, at, posixMagic);
}

/** Whether the header is of GNU tar's own format, which alone has sparse files. */
export function isGnu(block: Uint8Array, at: number): boolean {
  return hasMagic(block, at, gnuMagic);
}

function hasMagic(block: Uint8Array, at: number, magic: Uint8Array): boolean {
  const start = at + fields.magic[0];
  for (let index = 0; index < magic.length; index++) {
    if (block[start + index] !== magic[index]) return false;
  }
  return true;
}

/** The name in a header block, with POSIX's prefix. Throws `X_IMAGE_ARCHIVE`. */
export function blockName(block: Uint8Array, at: number): Uint8Array {
  const name = fieldText(block, at + fields.name[0], fields.name[1]);
  if (block[at + fields.prefix[0]] === 0 || !isPosix(block, at)) return name;
  const version = at + fields.version[0];
  if (block[version] !== 0x30 || block[version + 1] !== 0x30) {
    throw malformed(name, "a header of an unknown version has a prefix");
  }
  const prefix = fieldText(block, at + fields.prefix[0], fields.prefix[1]);
  const whole = new Uint8Array(prefix.length + 1 + name.length);
  whole.set(prefix);
  whole[prefix.length] = slash;
  whole.set(name, prefix.length + 1);
  return whole;
}

/** The size in a header block: bytes of content. Throws `X_IMAGE_ARCHIVE`, `X_IMAGE_LIMIT`. */
export function blockSize(
  block: Uint8Array,
  at: number,
  name: Uint8Array,
  limits: TarLimits,
): number {
  const size = fieldNumber(block, at + fields.size[0], fields.size[1]);
  if (size > limits.bytes) throw overLimit(name, "it is too large", limits.bytes, "bytes");
  if (size >= 0) return size;
  throw malformed(name, "its size is no number from 0");
}

/**
 * The head of an entry out of its header block and what stood before it. `size` is as the archive
 * has it. Throws `X_IMAGE_ARCHIVE`, `X_IMAGE_LIMIT`.
 */
export function readHeader(
  block: Uint8Array,
  at: number,
  context: HeaderContext,
  limits: TarLimits,
): TarHeader {
  const { pax, globals } = context;
  const name = entryName(block, at, context);
  const letter = block[at + fields.type[0]]!;
  const type = typeOf(letter, name);
  checkName(name, limits);
  const device = type === "character" || type === "block";
  const link = type === "hardlink" || type === "symlink";
  if (device && !isPosix(block, at) && !isGnu(block, at)) {
    throw malformed(name, "a device in a header of a format that has none");
  }
  const atime = pax.atime ?? globals.atime;
  return {
    type,
    name,
    linkName: link ? linkName(block, at, type, name, context, limits) : noName,
    mode: number(block, at, fields.mode, name, "mode", Number.MAX_SAFE_INTEGER) & 0o7777,
    uid: said(pax.uid ?? globals.uid, number(block, at, fields.uid, name, "uid", highestId)),
    gid: said(pax.gid ?? globals.gid, number(block, at, fields.gid, name, "gid", highestId)),
    size: entrySize(block, at, type, name, pax, limits),
    mtime: said(pax.mtime ?? globals.mtime, blockTime(block, at, name)),
    ...(atime === undefined ? undefined : { atime }),
    major: device ? deviceNumber(block, at, fields.major, name, pax.major) : 0,
    minor: device ? deviceNumber(block, at, fields.minor, name, pax.minor) : 0,
    xattrs: pax.xattrs ?? nothing,
  };
}

/** An extended header goes before a field, which must be sound all the same, for other tools look. */
function said<T>(extended: T | undefined, field: T): T {
  return extended ?? field;
}

function typeOf(letter: number, name: Uint8Array): TarEntryType {
  const type = types[letter];
  if (type === undefined) {
    const shown =
      letter > 0x20 && letter < 0x7f ? String.fromCharCode(letter) : `0x${letter.toString(16)}`;
    throw malformed(name, `an entry of the unknown type ${shown}`);
  }
  // Before there was a type for them, directories were files whose names end in a slash.
  return type === "file" && name.at(-1) === slash ? "directory" : type;
}

function entryName(block: Uint8Array, at: number, { longName, pax }: HeaderContext): Uint8Array {
  const name = pax.sparse?.name ?? pax.path ?? longName ?? blockName(block, at);
  if (longName !== undefined && (pax.path !== undefined || pax.sparse?.name !== undefined)) {
    throw malformed(name, "an entry has two long names");
  }
  if (name.length === 0) throw malformed(name, "an entry has no name");
  return name;
}

function linkName(
  block: Uint8Array,
  at: number,
  type: TarEntryType,
  name: Uint8Array,
  { longLink, pax }: HeaderContext,
  limits: TarLimits,
): Uint8Array {
  const target = pax.linkPath ?? longLink ?? fieldText(block, at + fields.linkName[0], 100);
  if (longLink !== undefined && pax.linkPath !== undefined) {
    throw malformed(name, "a link has two long targets");
  }
  if (target.length === 0) throw malformed(name, "a link has no target");
  if (target.length > limits.pathBytes) {
    throw overLimit(name, "a link's target is too long", limits.pathBytes, "pathBytes");
  }
  if (type === "hardlink") checkName(target, limits);
  return target;
}

function entrySize(
  block: Uint8Array,
  at: number,
  type: TarEntryType,
  name: Uint8Array,
  pax: PaxRecords,
  limits: TarLimits,
): number {
  const inBlock = blockSize(block, at, name, limits);
  // What a hard link names has its content already; old writers give its size all the same.
  if (type === "hardlink" && (pax.size ?? 0) === 0) return 0;
  const size = said(pax.size, inBlock);
  if (size > limits.bytes) throw overLimit(name, "it is too large", limits.bytes, "bytes");
  if (type === "file" || size === 0) return size;
  // Some tools skip such content, others take it for the next header.
  throw malformed(name, `a ${type} that says it has content`);
}

function number(
  block: Uint8Array,
  at: number,
  [offset, length]: readonly [number, number],
  name: Uint8Array,
  field: string,
  most: number,
): number {
  const value = fieldNumber(block, at + offset, length);
  if (value >= 0 && value <= most) return value;
  throw malformed(name, `its ${field} is no number from 0 to ${most}`);
}

function deviceNumber(
  block: Uint8Array,
  at: number,
  field: readonly [number, number],
  name: Uint8Array,
  extended: number | undefined,
): number {
  return said(extended, number(block, at, field, name, "device number", highestDevice));
}

function blockTime(block: Uint8Array, at: number, name: Uint8Array): bigint {
  const seconds = fieldNumber(block, at + fields.mtime[0], fields.mtime[1]);
  if (Number.isSafeInteger(seconds)) return BigInt(seconds) * 1_000_000_000n;
  throw malformed(name, "its time of modification is no number");
}

function checkName(name: Uint8Array, limits: TarLimits): void {
  if (name.length > limits.pathBytes) {
    throw overLimit(name, "its name is too long", limits.pathBytes, "pathBytes");
  }
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= name.length; at++) {
    if (at < name.length && name[at] !== slash) continue;
    if (at > start) depth++;
    if (at - start > limits.componentBytes) {
      const most = limits.componentBytes;
      throw overLimit(name, "a part of its name is too long", most, "componentBytes");
    }
    start = at + 1;
  }
  if (depth > limits.depth) throw overLimit(name, "it lies too deep", limits.depth, "depth");
}
