import type { TarHeader } from "./entry.ts";
import { malformed } from "./fault.ts";
import { blockBytes, fieldNumber, fields } from "./field.ts";
import { isGnu } from "./header.ts";
import type { TarLimits } from "./limits.ts";
import type { PaxSparse } from "./pax.ts";
import { checkExtents, readGnuPairs, SparseMap, sparseExtents } from "./sparse.ts";

/** The head of a sparse file, whose map may go on in the blocks that follow. */
export class SparseHead {
  readonly #header: TarHeader;
  readonly #limits: TarLimits;
  readonly #pairs: number[];
  readonly #map: SparseMap | undefined;
  #dataBytes: number;
  /** Whether the map is known to its end. */
  whole: boolean;

  private constructor(
    header: TarHeader,
    dataBytes: number,
    pairs: number[],
    map: SparseMap | undefined,
    whole: boolean,
    limits: TarLimits,
  ) {
    this.#header = header;
    this.#dataBytes = dataBytes;
    this.#pairs = pairs;
    this.#map = map;
    this.whole = whole;
    this.#limits = limits;
  }

  /** Of an entry of GNU's type `S`. Throws `X_IMAGE_ARCHIVE`. */
  static gnu(header: TarHeader, block: Uint8Array, at: number, limits: TarLimits): SparseHead {
    checkType(header);
    if (!isGnu(block, at)) throw malformed(header.name, "a sparse file of an unknown format");
    const [offset, length] = fields.gnuRealSize;
    const size = fieldNumber(block, at + offset, length);
    const pairs: number[] = [];
    readGnuPairs(block, at + fields.gnuSparse[0], 4, pairs);
    const whole = block[at + fields.gnuExtended[0]] === 0;
    return new SparseHead({ ...header, size }, header.size, pairs, undefined, whole, limits);
  }

  /** Of an entry whose extended header says that it is sparse. Throws `X_IMAGE_ARCHIVE`. */
  static pax(header: TarHeader, said: PaxSparse, limits: TarLimits): SparseHead {
    const { name } = header;
    const { major = 0, minor = 0, size, blocks, pairs } = said;
    checkType(header);
    if (size === undefined) throw malformed(name, "a sparse file does not say its size");
    const sparse = { ...header, size };
    if (major === 1 && minor === 0 && pairs.length === 0) {
      const map = new SparseMap(name, limits);
      return new SparseHead(sparse, header.size, map.pairs, map, false, limits);
    }
    if (major !== 0 || minor > 1) throw malformed(name, "a sparse file of an unknown format");
    if (blocks !== undefined && blocks * 2 !== pairs.length) {
      throw malformed(name, "the map of a sparse file has not as many parts as it says");
    }
    return new SparseHead(sparse, header.size, pairs, undefined, true, limits);
  }

  /** Takes the next block of the map. Throws `X_IMAGE_ARCHIVE`, `X_IMAGE_LIMIT`. */
  push(block: Uint8Array, at: number): void {
    const { name } = this.#header;
    if (this.#map === undefined) {
      readGnuPairs(block, at, 21, this.#pairs);
      checkExtents(this.#pairs.length / 2, name, this.#limits);
      this.whole = block[at + 504] === 0;
      return;
    }
    this.#dataBytes -= blockBytes;
    if (this.#dataBytes < 0) {
      throw malformed(name, "the map of a sparse file is longer than its content");
    }
    this.whole = this.#map.push(block, at);
  }

  /** The head with its parts, once whole. Throws `X_IMAGE_ARCHIVE`, `X_IMAGE_LIMIT`. */
  header(): TarHeader {
    const { name, size } = this.#header;
    if (!(size >= 0)) throw malformed(name, "the size of a sparse file is no number from 0");
    const sparse = sparseExtents(this.#pairs, size, this.#dataBytes, name, this.#limits);
    return { ...this.#header, sparse };
  }
}

function checkType({ name, type }: TarHeader): void {
  if (type !== "file") throw malformed(name, `a ${type} that says it is sparse`);
}
