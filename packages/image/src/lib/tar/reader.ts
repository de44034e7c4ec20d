import type { TarHeader } from "./entry.ts";
import { malformed, overLimit } from "./fault.ts";
import { blockBytes, checksumFits, fields, isZero, paddingBytes } from "./field.ts";
import { blockName, blockSize, readHeader, type HeaderContext } from "./header.ts";
import { defaultLimits, type TarLimits } from "./limits.ts";
import { parsePax, type PaxRecords } from "./pax.ts";
import { SparseHead } from "./sparse-head.ts";

/**
 * What a {@link TarParser} found: the head of an entry, a part of its content (of a sparse file the
 * parts that hold data, one after the other), its end.
 */
export type TarEvent =
  | { readonly kind: "entry"; readonly header: TarHeader }
  | { readonly kind: "data"; readonly bytes: Uint8Array }
  | { readonly kind: "end-of-entry" };

const endOfEntry: TarEvent = { kind: "end-of-entry" };
const nothing = new Uint8Array(0);
const noRecords: PaxRecords = {};
const letters = { x: 0x78, g: 0x67, longName: 0x4c, longLink: 0x4b, label: 0x56, sparse: 0x53 };

/** The body of a header that says more about the entry after it, as it comes in. */
interface Body {
  readonly letter: number;
  readonly name: Uint8Array;
  readonly size: number;
  readonly bytes: Uint8Array;
  filled: number;
}

/**
 * Reads an archive as it comes in, in chunks of any size: v7, ustar, GNU and PAX, each to the byte.
 * It keeps no content: `data` are parts of the chunks. Where tools of the field disagree on what an
 * archive means, it is refused. Source: POSIX pax; the manual of GNU tar, "Tar Internals".
 *
 * The archive ends with two blocks of zeros, or with the stream; zeros may follow, nothing else.
 */
export class TarParser {
  readonly #limits: TarLimits;
  readonly #block = new Uint8Array(blockBytes);
  #filled = 0;
  #entries = 0;
  #bytes = 0;
  #name: Uint8Array = nothing;
  #state: "header" | "last-block" | "ended" = "header";
  #data = 0;
  #skip = 0;
  #padding = 0;
  #body: Body | undefined;
  #sparse: SparseHead | undefined;
  #longName: Uint8Array | undefined;
  #longLink: Uint8Array | undefined;
  #pax: PaxRecords | undefined;
  #globals: PaxRecords = noRecords;

  constructor(limits: Partial<TarLimits> = {}) {
    this.#limits = { ...defaultLimits, ...limits };
  }

  /**
   * Takes the next chunk and returns what was found in it; `data` stays valid as long as the chunk.
   * Throws `X_IMAGE_ARCHIVE`, `X_IMAGE_LIMIT`; afterwards the parser is of no use.
   */
  push(chunk: Uint8Array): TarEvent[] {
    const events: TarEvent[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#data > 0) at = this.#takeData(chunk, at, events);
      else if (this.#skip > 0) at = this.#takeSkipped(chunk, at);
      else if (this.#body !== undefined) at = this.#takeBody(this.#body, chunk, at);
      else if (this.#state === "ended") at = this.#takeRest(chunk, at);
      else at = this.#takeBlock(chunk, at, events);
    }
    return events;
  }

  /**
   * Says that no chunk follows. Throws `X_IMAGE_ARCHIVE` when the archive is cut off. The padding of
   * its last entry may be missing: `umoci insert` writes such layers, and Go's archive/tar reads them.
   */
  end(): void {
    const between = this.#filled === 0 && this.#sparse === undefined && !this.#isPending();
    if (this.#state === "ended") return;
    const padded = this.#skip < blockBytes;
    if (between && this.#data === 0 && padded && this.#body === undefined) return;
    throw malformed(this.#name, "the archive is cut off here");
  }

  #takeData(chunk: Uint8Array, at: number, events: TarEvent[]): number {
    const bytes = Math.min(this.#data, chunk.length - at);
    events.push({ kind: "data", bytes: chunk.subarray(at, at + bytes) });
    this.#data -= bytes;
    if (this.#data === 0) {
      events.push(endOfEntry);
      this.#skip = this.#padding;
    }
    return at + bytes;
  }

  #takeSkipped(chunk: Uint8Array, at: number): number {
    const bytes = Math.min(this.#skip, chunk.length - at);
    this.#skip -= bytes;
    return at + bytes;
  }

  #takeBody(body: Body, chunk: Uint8Array, at: number): number {
    const bytes = Math.min(body.bytes.length - body.filled, chunk.length - at);
    body.bytes.set(chunk.subarray(at, at + bytes), body.filled);
    body.filled += bytes;
    if (body.filled === body.bytes.length) {
      this.#body = undefined;
      this.#onBody(body.letter, body.name, body.bytes);
      this.#skip = paddingBytes(body.size);
    }
    return at + bytes;
  }

  #takeRest(chunk: Uint8Array, at: number): number {
    if (isZero(chunk.subarray(at))) return chunk.length;
    throw malformed(this.#name, "bytes follow the end of the archive");
  }

  #takeBlock(chunk: Uint8Array, at: number, events: TarEvent[]): number {
    if (this.#filled === 0 && chunk.length - at >= blockBytes) {
      this.#onBlock(chunk, at, events);
      return at + blockBytes;
    }
    const bytes = Math.min(blockBytes - this.#filled, chunk.length - at);
    this.#block.set(chunk.subarray(at, at + bytes), this.#filled);
    this.#filled += bytes;
    if (this.#filled === blockBytes) {
      this.#filled = 0;
      this.#onBlock(this.#block, 0, events);
    }
    return at + bytes;
  }

  #onBlock(block: Uint8Array, at: number, events: TarEvent[]): void {
    if (this.#sparse !== undefined) {
      this.#sparse.push(block, at);
      return this.#onSparse(this.#sparse, events);
    }
    // A header's first byte belongs to its name or, of a noRecords one, to an error.
    if (block[at] === 0 && isZero(block.subarray(at, at + blockBytes))) return this.#onZeros();
    if (this.#state === "last-block") {
      throw malformed(this.#name, "an entry follows a block of zeros");
    }
    const name = blockName(block, at);
    if (!checksumFits(block, at)) {
      throw malformed(name, "a header's checksum is not that of its bytes");
    }
    this.#name = name;
    const letter = block[at + fields.type[0]]!;
    if (letter === letters.x || letter === letters.g) return this.#startBody(block, at, letter);
    if (letter === letters.longName || letter === letters.longLink) {
      return this.#startBody(block, at, letter);
    }
    if (letter === letters.label) {
      if (this.#isPending()) throw malformed(name, "a header of an entry stands before a label");
      const size = blockSize(block, at, name, this.#limits);
      this.#skip = size + paddingBytes(size);
      return;
    }
    this.#onEntry(block, at, letter, events);
  }

  #onZeros(): void {
    if (this.#isPending()) {
      throw malformed(this.#name, "the archive ends before the entry of this header");
    }
    this.#state = this.#state === "last-block" ? "ended" : "last-block";
  }

  /** Whether something has been said of an entry that is yet to come. */
  #isPending(): boolean {
    const { longName, longLink, pax } = this.#said();
    return longName !== undefined || longLink !== undefined || pax !== noRecords;
  }

  #said(): HeaderContext {
    const [longName, longLink] = [this.#longName, this.#longLink];
    return { longName, longLink, pax: this.#pax ?? noRecords, globals: this.#globals };
  }

  #startBody(block: Uint8Array, at: number, letter: number): void {
    const limits = this.#limits;
    const size = blockSize(block, at, this.#name, { ...limits, bytes: Number.MAX_SAFE_INTEGER });
    if (size > limits.paxBytes) {
      const what = `a header of ${size} bytes stands before an entry`;
      throw overLimit(this.#name, what, limits.paxBytes, "paxBytes");
    }
    const taken =
      (letter === letters.x && this.#pax !== undefined) ||
      (letter === letters.longName && this.#longName !== undefined) ||
      (letter === letters.longLink && this.#longLink !== undefined);
    if (taken) throw malformed(this.#name, "two headers of the same kind stand before one entry");
    if (size === 0) return this.#onBody(letter, this.#name, nothing);
    this.#body = { letter, name: this.#name, size, bytes: Buffer.allocUnsafe(size), filled: 0 };
  }

  #onBody(letter: number, name: Uint8Array, bytes: Uint8Array): void {
    if (letter === letters.x) this.#pax = parsePax(bytes, name, this.#limits, false);
    else if (letter === letters.g) {
      this.#globals = { ...this.#globals, ...parsePax(bytes, name, this.#limits, true) };
    } else {
      const end = bytes.indexOf(0);
      // Tools that look for the NUL would go on reading behind it.
      if (end < 0) throw malformed(name, "a long name has no end");
      const text = new Uint8Array(bytes.subarray(0, end));
      if (letter === letters.longName) this.#longName = text;
      else this.#longLink = text;
    }
  }

  #onEntry(block: Uint8Array, at: number, letter: number, events: TarEvent[]): void {
    const limits = this.#limits;
    const said = this.#said();
    const { pax } = said;
    const header = readHeader(block, at, said, limits);
    this.#name = header.name;
    this.#longName = undefined;
    this.#longLink = undefined;
    this.#pax = undefined;
    if (++this.#entries > limits.entries) {
      throw overLimit(header.name, "too many entries", limits.entries, "entries");
    }
    if (letter === letters.sparse) {
      if (pax.sparse !== undefined) throw malformed(header.name, "a sparse file has two maps");
      return this.#onSparse(SparseHead.gnu(header, block, at, limits), events);
    }
    if (pax.sparse !== undefined) {
      return this.#onSparse(SparseHead.pax(header, pax.sparse, limits), events);
    }
    this.#start(header, header.size, events);
  }

  #onSparse(head: SparseHead, events: TarEvent[]): void {
    if (!head.whole) {
      this.#sparse = head;
      return;
    }
    this.#sparse = undefined;
    const header = head.header();
    const dataBytes = header.sparse?.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
    this.#start(header, dataBytes, events);
  }

  #start(header: TarHeader, dataBytes: number, events: TarEvent[]): void {
    const { bytes: most } = this.#limits;
    this.#bytes += header.size;
    if (this.#bytes > most) throw overLimit(header.name, "too many bytes in all", most, "bytes");
    events.push({ kind: "entry", header });
    this.#data = dataBytes;
    this.#padding = paddingBytes(dataBytes);
    if (dataBytes === 0) events.push(endOfEntry);
  }
}
