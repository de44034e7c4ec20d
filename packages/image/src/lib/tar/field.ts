/** The size of a block, of which archives are made. Source: POSIX pax, "ustar Interchange Format". */
export const blockBytes = 512;

/** How many bytes fill up the last block of `bytes` bytes. */
export function paddingBytes(bytes: number): number {
  return (blockBytes - (bytes % blockBytes)) % blockBytes;
}

/** Offset and length. */
type Field = readonly [offset: number, bytes: number];

type Fields = Readonly<
  Record<
    | "name"
    | "mode"
    | "uid"
    | "gid"
    | "size"
    | "mtime"
    | "checksum"
    | "type"
    | "linkName"
    | "magic"
    | "version"
    | "major"
    | "minor"
    | "prefix"
    | "gnuSparse"
    | "gnuExtended"
    | "gnuRealSize",
    Field
  >
>;

/** Offset and length of the fields of a header block. Source: POSIX pax; `tar.h` of GNU tar. */
export const fields: Fields = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  linkName: [157, 100],
  magic: [257, 6],
  version: [263, 2],
  major: [329, 8],
  minor: [337, 8],
  prefix: [345, 155],
  gnuSparse: [386, 96],
  gnuExtended: [482, 1],
  gnuRealSize: [483, 12],
};

/** The text of a field up to its first NUL, as a copy. */
export function fieldText(block: Uint8Array, offset: number, length: number): Uint8Array {
  let end = offset;
  const most = offset + length;
  while (end < most && block[end] !== 0) end++;
  return new Uint8Array(block.subarray(offset, end));
}

/**
 * The number in a field: octal digits, or base 256 behind a byte of 0x80 (positive) or 0xff
 * (negative). NaN for anything else, infinite when JavaScript has no such integer.
 */
export function fieldNumber(block: Uint8Array, offset: number, length: number): number {
  const end = offset + length;
  const first = block[offset]!;
  if (first >= 0x80) return base256(block, offset, end);
  // Some old writers put a NUL where the field before ran over.
  let at = first === 0 ? offset + 1 : offset;
  while (at < end && block[at] === 0x20) at++;
  if (at === end) return Number.NaN;
  let value = 0;
  for (; at < end; at++) {
    const digit = block[at]! - 0x30;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  for (; at < end; at++) {
    if (block[at] !== 0 && block[at] !== 0x20) return Number.NaN;
  }
  return value;
}

function base256(block: Uint8Array, offset: number, end: number): number {
  const first = block[offset]!;
  if (first !== 0x80 && first !== 0xff) return Number.NaN;
  const flip = first === 0xff ? 0xff : 0;
  let value = 0;
  for (let at = offset + 1; at < end; at++) value = value * 256 + (block[at]! ^ flip);
  if (!Number.isSafeInteger(value)) return flip === 0 ? Infinity : -Infinity;
  return flip === 0 ? value : -value - 1;
}

/**
 * Whether a block's checksum is that of its bytes, counted as unsigned or, as some old writers did,
 * as signed ones.
 */
export function checksumFits(block: Uint8Array, offset: number): boolean {
  const [place, length] = fields.checksum;
  if (block[offset + place]! >= 0x80) return false;
  const said = fieldNumber(block, offset + place, length);
  const sum = checksum(block, offset);
  if (said === sum) return true;
  let high = 0;
  for (let at = offset; at < offset + blockBytes; at++) high += block[at]! >> 7;
  for (let at = offset + place; at < offset + place + length; at++) high -= block[at]! >> 7;
  return said === sum - 256 * high;
}

/** The sum of a block's bytes, the checksum itself counted as spaces. */
export function checksum(block: Uint8Array, offset: number): number {
  const [place, length] = fields.checksum;
  let sum = 0x20 * length;
  for (let at = offset, end = offset + place; at < end; at++) sum += block[at]!;
  for (let at = offset + place + length, end = offset + blockBytes; at < end; at++) {
    sum += block[at]!;
  }
  return sum;
}

const zeros = Buffer.alloc(64 * 1024);

/** Whether bytes are all zero. */
export function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += zeros.length) {
    const part = bytes.subarray(at, at + zeros.length);
    if (!zeros.subarray(0, part.length).equals(part)) return false;
  }
  return true;
}
