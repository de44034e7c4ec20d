import type { SparseExtent } from "./entry.ts";
import { malformed, overLimit } from "./fault.ts";
import { blockBytes, fieldNumber } from "./field.ts";
import type { TarLimits } from "./limits.ts";

/**
 * The parts of a sparse file out of pairs of offset and length. Checks that they follow each other
 * within the file and are as long as the data; throws `X_IMAGE_ARCHIVE`, `X_IMAGE_LIMIT`.
 */
export function sparseExtents(
  pairs: readonly number[],
  size: number,
  dataBytes: number,
  name: Uint8Array,
  limits: TarLimits,
): SparseExtent[] {
  if (pairs.length % 2 !== 0) throw malformed(name, "the map of a sparse file ends early");
  checkExtents(pairs.length / 2, name, limits);
  const extents: SparseExtent[] = [];
  let end = 0;
  let sum = 0;
  for (let at = 0; at < pairs.length; at += 2) {
    const offset = pairs[at]!;
    const bytes = pairs[at + 1]!;
    if (!(offset >= end && bytes >= 0 && offset + bytes <= size)) {
      throw malformed(name, "the parts of a sparse file overlap or lie outside of it");
    }
    end = offset + bytes;
    sum += bytes;
    if (bytes > 0) extents.push({ offset, bytes });
  }
  if (sum !== dataBytes) {
    throw malformed(
      name,
      `the parts of a sparse file have ${sum} bytes, its content has ${dataBytes}`,
    );
  }
  return extents;
}

/** Throws `X_IMAGE_LIMIT` when a sparse file has too many parts. */
export function checkExtents(count: number, name: Uint8Array, limits: TarLimits): void {
  if (count <= limits.sparseExtents) return;
  throw overLimit(name, `a sparse file has ${count} parts`, limits.sparseExtents, "sparseExtents");
}

/**
 * The pairs in an old GNU header or its extension block: 12 bytes each for offset and length; the
 * first empty one ends them. Source: `tar.h` of GNU tar, `struct oldgnu_header`.
 */
export function readGnuPairs(
  block: Uint8Array,
  offset: number,
  count: number,
  pairs: number[],
): void {
  for (let index = 0; index < count; index++) {
    const at = offset + index * 24;
    if (block[at + 12] === 0) break;
    pairs.push(fieldNumber(block, at, 12), fieldNumber(block, at + 12, 12));
  }
}

/**
 * The map that stands before the content of a sparse file of GNU's format 1.0: decimal numbers, each
 * with a newline, filled up to whole blocks.
 */
export class SparseMap {
  readonly pairs: number[] = [];
  #count = -1;
  #value = 0;
  #digits = 0;
  readonly #name: Uint8Array;
  readonly #limits: TarLimits;

  constructor(name: Uint8Array, limits: TarLimits) {
    this.#name = name;
    this.#limits = limits;
  }

  /** Takes the next block; true when it was the last of the map. */
  push(block: Uint8Array, offset: number): boolean {
    for (let at = offset; at < offset + blockBytes; at++) {
      if (this.pairs.length === this.#count * 2) return true;
      this.#take(block[at]!);
    }
    return this.pairs.length === this.#count * 2;
  }

  #take(byte: number): void {
    const digit = byte - 0x30;
    if (digit >= 0 && digit <= 9 && this.#digits < 20) {
      this.#value = this.#value * 10 + digit;
      this.#digits++;
      return;
    }
    if (byte !== 0x0a || this.#digits === 0) {
      throw malformed(this.#name, "the map of a sparse file is not made of numbers");
    }
    if (this.#count < 0) {
      this.#count = this.#value;
      checkExtents(this.#count, this.#name, this.#limits);
    } else {
      this.pairs.push(this.#value);
    }
    this.#value = 0;
    this.#digits = 0;
  }
}
