import { malformed, overLimit } from "./fault.ts";
import type { TarLimits } from "./limits.ts";
import { decodeBase64, paxInteger, paxTime, unescapeName, unescapeUrl } from "./pax-value.ts";

/** What an extended header says of the entry that follows. Source: POSIX pax, "pax Header Block". */
export interface PaxRecords {
  path?: Uint8Array;
  linkPath?: Uint8Array;
  /** Bytes of content in the archive. */
  size?: number;
  uid?: number;
  gid?: number;
  /** Nanoseconds since 1970. */
  mtime?: bigint;
  atime?: bigint;
  major?: number;
  minor?: number;
  xattrs?: Map<string, Uint8Array>;
  sparse?: PaxSparse;
}

/** What GNU tar's formats 0.0, 0.1 and 1.0 say of a sparse file. */
export interface PaxSparse {
  major?: number;
  minor?: number;
  name?: Uint8Array;
  /** Bytes with the holes. */
  size?: number;
  blocks?: number;
  /** Offsets and lengths by turns. */
  readonly pairs: number[];
}

type Taker = (records: PaxRecords, value: Buffer, context: Context) => void;

interface Context {
  readonly name: Uint8Array;
  readonly limits: TarLimits;
  readonly key: string;
}

const integer = (
  value: Buffer,
  { name, key }: Context,
  least = 0,
  most = Number.MAX_SAFE_INTEGER,
): number => {
  const number = paxInteger(value);
  if (number >= least && number <= most) return number;
  throw malformed(name, `the extended header's ${key} is no number from ${least} to ${most}`);
};

const time = (value: Buffer, { name, key }: Context): bigint => {
  const nanoseconds = paxTime(value);
  if (nanoseconds !== undefined) return nanoseconds;
  throw malformed(name, `the extended header's ${key} is no time`);
};

const path = (value: Buffer, { name, key }: Context): Uint8Array => {
  if (value.length > 0 && !value.includes(0)) return new Uint8Array(value);
  throw malformed(name, `the extended header's ${key} is empty or holds a NUL`);
};

const sparse = (records: PaxRecords): PaxSparse => (records.sparse ??= { pairs: [] });

const highestId = 0xffff_fffe;
const highestDevice = 0xffff_ffff;

/** What may stand in a global header too, for all entries that follow. */
const globalTakers: Readonly<Record<string, Taker>> = {
  uid: (records, value, context) => {
    records.uid = integer(value, context, 0, highestId);
  },
  gid: (records, value, context) => {
    records.gid = integer(value, context, 0, highestId);
  },
  mtime: (records, value, context) => {
    records.mtime = time(value, context);
  },
  atime: (records, value, context) => {
    records.atime = time(value, context);
  },
};

const takers: Readonly<Record<string, Taker>> = {
  ...globalTakers,
  path: (records, value, context) => {
    records.path = path(value, context);
  },
  linkpath: (records, value, context) => {
    records.linkPath = path(value, context);
  },
  size: (records, value, context) => {
    records.size = integer(value, context);
  },
  "SCHILY.devmajor": (records, value, context) => {
    records.major = integer(value, context, 0, highestDevice);
  },
  "SCHILY.devminor": (records, value, context) => {
    records.minor = integer(value, context, 0, highestDevice);
  },
  "GNU.sparse.major": (records, value, context) => {
    sparse(records).major = integer(value, context);
  },
  "GNU.sparse.minor": (records, value, context) => {
    sparse(records).minor = integer(value, context);
  },
  "GNU.sparse.name": (records, value, context) => {
    sparse(records).name = path(value, context);
  },
  "GNU.sparse.size": (records, value, context) => {
    sparse(records).size = integer(value, context);
  },
  "GNU.sparse.realsize": (records, value, context) => {
    sparse(records).size = integer(value, context);
  },
  "GNU.sparse.numblocks": (records, value, context) => {
    sparse(records).blocks = integer(value, context);
  },
  "GNU.sparse.offset": (records, value, context) => {
    addPair(records, value, context, 0);
  },
  "GNU.sparse.numbytes": (records, value, context) => {
    addPair(records, value, context, 1);
  },
  "GNU.sparse.map": (records, value, context) => {
    const { pairs } = sparse(records);
    pairs.length = 0;
    if (value.length === 0) return;
    for (const number of value.toString("latin1").split(",")) {
      pairs.push(integer(Buffer.from(number, "latin1"), context));
    }
  },
};

function addPair(records: PaxRecords, value: Buffer, context: Context, turn: 0 | 1): void {
  const { pairs } = sparse(records);
  if (pairs.length % 2 !== turn) {
    throw malformed(context.name, "the map of a sparse file is out of order");
  }
  pairs.push(integer(value, context));
}

const schily = "SCHILY.xattr.";
const libarchive = "LIBARCHIVE.xattr.";

function takeXattr(records: PaxRecords, value: Buffer, context: Context): void {
  const { name, key, limits } = context;
  const attributes = (records.xattrs ??= new Map());
  const old = key.startsWith(libarchive);
  const attribute = old ? unescapeUrl(key.slice(libarchive.length)) : unescapeName(key.slice(13));
  const bytes = old ? decodeBase64(value) : new Uint8Array(value);
  if (bytes === undefined || attribute === "" || attribute.includes("\0")) {
    throw malformed(name, "an extended attribute has no proper name or value");
  }
  if (attribute.length > 255) {
    throw overLimit(name, "the name of an extended attribute is too long", 255, "xattrBytes");
  }
  // bsdtar writes both forms; the one that everybody knows wins.
  if (old && attributes.has(attribute)) return;
  attributes.set(attribute, bytes);
  if (attributes.size > limits.xattrs) {
    throw overLimit(name, "too many extended attributes", limits.xattrs, "xattrs");
  }
}

/**
 * Reads the records of an extended header: `length key=value` and a newline each, to the byte.
 * `name` is the header's, for errors. A `global` one may only set owners and times: no tool
 * writes names or sizes there, and those that read archives do not agree on what they would mean.
 * Throws `X_IMAGE_ARCHIVE`, `X_IMAGE_LIMIT`.
 */
export function parsePax(
  body: Uint8Array,
  name: Uint8Array,
  limits: TarLimits,
  global: boolean,
): PaxRecords {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  const records: PaxRecords = {};
  let at = 0;
  while (at < bytes.length) {
    const { keyStart, equals, end } = recordBounds(bytes, at, name);
    const key = bytes.toString("latin1", keyStart, equals);
    if (key.includes("\0")) throw malformed(name, "an extended header has a NUL in a key");
    const value = bytes.subarray(equals + 1, end - 1);
    const known = takerOf(key);
    if (known !== undefined) {
      if (global && !Object.hasOwn(globalTakers, key)) {
        throw malformed(name, `a global header sets ${key}, which belongs to one entry`);
      }
      if (value.length > 0 || !Object.hasOwn(globalTakers, key)) {
        known(records, value, { name, limits, key });
      }
    }
    at = end;
  }
  checkXattrs(records, name, limits);
  return records;
}

function takerOf(key: string): Taker | undefined {
  if (Object.hasOwn(takers, key)) return takers[key];
  if (key.startsWith(schily) || key.startsWith(libarchive)) return takeXattr;
  return undefined;
}

function recordBounds(
  bytes: Buffer,
  start: number,
  name: Uint8Array,
): { keyStart: number; equals: number; end: number } {
  let length = 0;
  let at = start;
  for (; at < start + 10; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    length = length * 10 + digit;
  }
  const end = start + length;
  const equals = bytes.indexOf(0x3d, at);
  if (
    at === start ||
    bytes[at] !== 0x20 ||
    end > bytes.length ||
    bytes[end - 1] !== 0x0a ||
    equals <= at + 1 ||
    equals >= end - 1
  ) {
    throw malformed(name, "an extended header is not made of records");
  }
  return { keyStart: at + 1, equals, end };
}

function checkXattrs({ xattrs }: PaxRecords, name: Uint8Array, limits: TarLimits): void {
  if (xattrs === undefined) return;
  let sum = 0;
  for (const [attribute, value] of xattrs) sum += attribute.length + value.length;
  if (sum <= limits.xattrBytes) return;
  throw overLimit(
    name,
    `extended attributes of ${sum} bytes in all`,
    limits.xattrBytes,
    "xattrBytes",
  );
}
