import { ImageError } from "../error.ts";
import type { TarEntryType, TarHeader } from "./entry.ts";
import { printable } from "./fault.ts";
import { blockBytes, checksum, fields, paddingBytes } from "./field.ts";
import { formatPax, formatTime, type PaxRecord } from "./pax-format.ts";
import { escapeName } from "./pax-value.ts";

const letters: Readonly<Record<TarEntryType, string>> = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  character: "3",
  block: "4",
  directory: "5",
  fifo: "6",
};

const encode = (text: string): Uint8Array => Buffer.from(text, "latin1");
const paxName = encode("PaxHeaders.0/");
const slash = 0x2f;
const nanosecond = 1_000_000_000n;

/** What ends an archive: two blocks of zeros. */
export const tarEnd: Uint8Array = new Uint8Array(2 * blockBytes);

/** The zeros that fill up the last block of `size` bytes of content. */
export function tarPadding(size: number): Uint8Array {
  return new Uint8Array(paddingBytes(size));
}

/**
 * The blocks that stand before an entry's content: a ustar header, and before it an extended one
 * for what does not fit: long names, large numbers, parts of a second, extended attributes. Equal
 * heads give equal bytes. The content of a sparse file is to be written with its holes.
 *
 * Throws `X_IMAGE_INVALID` for what no archive can hold. Source: POSIX pax.
 */
export function tarHeader(header: TarHeader): Uint8Array {
  check(header);
  const records = paxRecords(header);
  const pax = records.length === 0 ? new Uint8Array(0) : formatPax(records);
  const before = pax.length === 0 ? 0 : blockBytes + pax.length + paddingBytes(pax.length);
  const bytes = new Uint8Array(before + blockBytes);
  if (before > 0) {
    writeBlock(bytes, 0, "x", paxHeaderName(header.name), undefined, {
      ...noNumbers,
      size: pax.length,
    });
    bytes.set(pax, blockBytes);
  }
  const split = splitName(header.name);
  const { name, prefix } = split ?? { name: header.name.subarray(0, 100), prefix: undefined };
  writeBlock(bytes, before, letters[header.type], name, prefix, {
    ...header,
    seconds: floorSeconds(header.mtime),
  });
  const [place, most] = fields.linkName;
  bytes.set(header.linkName.subarray(0, most), before + place);
  writeChecksum(bytes, before);
  return bytes;
}

interface Numbers {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly seconds: bigint;
  readonly major: number;
  readonly minor: number;
}

const noNumbers: Numbers = {
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 0,
  seconds: 0n,
  major: 0,
  minor: 0,
};

function check({ name, linkName, type, size, xattrs }: TarHeader): void {
  const link = type === "hardlink" || type === "symlink";
  let problem: string | undefined;
  if (name.length === 0 || name.includes(0)) problem = "the name is empty or holds a NUL";
  else if (link === (linkName.length === 0) || linkName.includes(0)) {
    problem = "links have a target without NUL, nothing else has one";
  } else if (type !== "file" && size !== 0) problem = `a ${type} has no content`;
  else if ([...xattrs.keys()].some((key) => key === "" || key.includes("\0"))) {
    problem = "the name of an extended attribute is empty or holds a NUL";
  }
  if (problem === undefined) return;
  throw new ImageError("X_IMAGE_INVALID", problem, { field: printable(name) });
}

function paxRecords(header: TarHeader): PaxRecord[] {
  const { name, linkName, uid, gid, size, mtime, atime, major, minor, xattrs } = header;
  const records: PaxRecord[] = [];
  const add = (key: string, value: string | Uint8Array): void => {
    records.push([encode(key), typeof value === "string" ? encode(value) : value]);
  };
  if (splitName(name) === undefined) add("path", name);
  if (linkName.length > fields.linkName[1]) add("linkpath", linkName);
  if (!fits(uid, fields.uid)) add("uid", String(uid));
  if (!fits(gid, fields.gid)) add("gid", String(gid));
  if (!fits(size, fields.size)) add("size", String(size));
  const seconds = floorSeconds(mtime);
  if (seconds * nanosecond !== mtime || !fits(Number(seconds), fields.mtime)) {
    add("mtime", formatTime(mtime));
  }
  if (atime !== undefined) add("atime", formatTime(atime));
  if (!fits(major, fields.major)) add("SCHILY.devmajor", String(major));
  if (!fits(minor, fields.minor)) add("SCHILY.devminor", String(minor));
  for (const [key, value] of xattrs) add(`SCHILY.xattr.${escapeName(key)}`, value);
  return records;
}

/** The name as it stands in a ustar header, with a prefix if need be; undefined if it does not fit. */
function splitName(
  name: Uint8Array,
): { name: Uint8Array; prefix: Uint8Array | undefined } | undefined {
  const most = fields.name[1];
  if (name.length <= most) return { name, prefix: undefined };
  // The last slash that leaves something behind it and does not make the prefix too long.
  const from = Math.min(fields.prefix[1], name.length - 2);
  const at = name.lastIndexOf(slash, from);
  if (at <= 0 || name.length - at - 1 > most) return undefined;
  return { name: name.subarray(at + 1), prefix: name.subarray(0, at) };
}

function paxHeaderName(name: Uint8Array): Uint8Array {
  const end = name.at(-1) === slash ? name.length - 1 : name.length;
  const base = name.subarray(name.lastIndexOf(slash, end - 1) + 1, end);
  return Buffer.concat([paxName, base]).subarray(0, fields.name[1]);
}

function floorSeconds(nanoseconds: bigint): bigint {
  const seconds = nanoseconds / nanosecond;
  return nanoseconds < 0n && seconds * nanosecond !== nanoseconds ? seconds - 1n : seconds;
}

function fits(value: number, [, length]: readonly [number, number]): boolean {
  return value >= 0 && value < 8 ** (length - 1);
}

function writeBlock(
  bytes: Uint8Array,
  at: number,
  letter: string,
  name: Uint8Array,
  prefix: Uint8Array | undefined,
  numbers: Numbers,
): void {
  const put = ([offset]: readonly [number, number], value: Uint8Array): void => {
    bytes.set(value, at + offset);
  };
  put(fields.name, name);
  writeOctal(bytes, at, fields.mode, numbers.mode);
  writeOctal(bytes, at, fields.uid, numbers.uid);
  writeOctal(bytes, at, fields.gid, numbers.gid);
  writeOctal(bytes, at, fields.size, numbers.size);
  writeOctal(bytes, at, fields.mtime, Number(numbers.seconds));
  put(fields.type, encode(letter));
  put(fields.magic, encode("ustar\0"));
  put(fields.version, encode("00"));
  writeOctal(bytes, at, fields.major, numbers.major);
  writeOctal(bytes, at, fields.minor, numbers.minor);
  if (prefix !== undefined) put(fields.prefix, prefix);
  writeChecksum(bytes, at);
}

/** Digits and a NUL. What does not fit stands in the extended header, and here a 0. */
function writeOctal(
  bytes: Uint8Array,
  at: number,
  field: readonly [number, number],
  value: number,
): void {
  const [offset, length] = field;
  let rest = fits(value, field) ? value : 0;
  for (let index = at + offset + length - 2; index >= at + offset; index--) {
    bytes[index] = 0x30 + (rest % 8);
    rest = Math.floor(rest / 8);
  }
}

function writeChecksum(bytes: Uint8Array, at: number): void {
  const digits = checksum(bytes, at).toString(8).padStart(6, "0");
  bytes.set(encode(`${digits}\0 `), at + fields.checksum[0]);
}
