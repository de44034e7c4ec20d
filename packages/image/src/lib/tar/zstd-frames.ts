import { ImageError } from "../error.ts";

/** A part of a frame, without what decoders need not see. */
export interface FramePiece {
  readonly bytes: Uint8Array;
  /** Whether the frame ends with this piece. */
  readonly last: boolean;
}

const magic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;

/** Bytes that the magic number, the longest header of a frame and its fields have. */
const mostHeaderBytes = 18;

function damaged(message: string): ImageError {
  return new ImageError("X_IMAGE_ARCHIVE", `the zstd data is damaged: ${message}`);
}

/**
 * Walks through zstd data without unpacking it: cuts it at the ends of frames (or of `blocks`), leaves
 * out the skippable ones, and refuses a window that is too large before any decoder makes room for
 * it. Source: RFC 8878, section 3.
 */
export class ZstdFrames {
  readonly #windowBytes: number;
  readonly #blocks: boolean;
  readonly #head = Buffer.alloc(mostHeaderBytes);
  #filled = 0;
  #state: "head" | "block-head" | "block" | "checksum" | "skip" = "head";
  #left = 0;
  #blockHead = 0;
  #lastBlock = false;
  #checksum = false;
  #frames = 0;

  constructor(windowBytes: number, blocks: boolean) {
    this.#windowBytes = windowBytes;
    this.#blocks = blocks;
  }

  /** Takes the next chunk. Throws `X_IMAGE_ARCHIVE`, `X_IMAGE_LIMIT`. */
  push(chunk: Uint8Array): FramePiece[] {
    const pieces: FramePiece[] = [];
    let start = 0;
    let at = 0;
    const cut = (last: boolean): void => {
      if (at > start || last) pieces.push({ bytes: chunk.subarray(start, at), last });
      start = at;
    };
    while (at < chunk.length) {
      if (this.#state === "head") {
        this.#head[this.#filled++] = chunk[at++]!;
        const bytes = this.#onHead();
        if (bytes !== undefined) pieces.push({ bytes, last: false });
        start = at;
      } else if (this.#state === "block-head") {
        this.#blockHead |= chunk[at++]! << (8 * this.#filled++);
        if (this.#filled === 3) this.#onBlockHead();
        if (this.#filled === 0 && this.#left === 0 && this.#onBlockEnd()) cut(true);
      } else {
        const bytes = Math.min(this.#left, chunk.length - at);
        at += bytes;
        this.#left -= bytes;
        if (this.#state === "skip") start = at;
        if (this.#left > 0) continue;
        if (this.#state === "skip") this.#begin("head");
        else if (this.#state === "checksum") this.#endFrame(cut);
        else if (this.#onBlockEnd()) cut(true);
        else if (this.#blocks) cut(false);
      }
    }
    cut(false);
    return pieces;
  }

  /** Says that no chunk follows. Throws `X_IMAGE_ARCHIVE` when the data is cut off. */
  end(): void {
    const between = this.#state === "head" && this.#filled === 0 && this.#frames > 0;
    if (!between) throw damaged("it is cut off");
  }

  #begin(state: "head" | "block-head"): void {
    this.#state = state;
    this.#filled = 0;
    this.#blockHead = 0;
  }

  #endFrame(cut: (last: boolean) => void): void {
    this.#begin("head");
    cut(true);
  }

  /** Looks at the head of a frame; returns it once whole, undefined before and when skippable. */
  #onHead(): Uint8Array | undefined {
    if (this.#filled < 5) return undefined;
    const head = this.#head;
    const number = head.readUInt32LE(0);
    if ((number & 0xfffffff0) >>> 0 === skippableMagic) {
      if (this.#filled === 8) this.#skip(head.readUInt32LE(4));
      return undefined;
    }
    if (number !== magic) throw damaged("what should be a frame is none");
    const flags = head[4]!;
    const single = (flags & 0x20) !== 0;
    const idBytes = [0, 1, 2, 4][flags & 3]!;
    const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >> 6]!;
    const sizeAt = 5 + (single ? 0 : 1) + idBytes;
    if (this.#filled < sizeAt + sizeBytes) return undefined;
    if ((flags & 0x08) !== 0) throw damaged("a frame of an unknown version");
    if (head.subarray(sizeAt - idBytes, sizeAt).some((byte) => byte !== 0)) {
      throw damaged("a frame wants a dictionary");
    }
    this.#checkWindow(single ? contentSize(head, sizeAt, sizeBytes) : windowSize(head[5]!));
    this.#checksum = (flags & 0x04) !== 0;
    const whole = new Uint8Array(head.subarray(0, this.#filled));
    this.#frames++;
    this.#begin("block-head");
    return whole;
  }

  #skip(bytes: number): void {
    this.#begin("head");
    if (bytes === 0) return;
    this.#state = "skip";
    this.#left = bytes;
  }

  #checkWindow(bytes: number): void {
    if (bytes <= this.#windowBytes) return;
    throw new ImageError(
      "X_IMAGE_LIMIT",
      `the zstd data wants a window of ${bytes} bytes; the limit is ${this.#windowBytes}`,
    );
  }

  #onBlockHead(): void {
    const type = (this.#blockHead >> 1) & 3;
    if (type === 3) throw damaged("a block of an unknown type");
    const bytes = this.#blockHead >> 3;
    this.#lastBlock = (this.#blockHead & 1) !== 0;
    this.#left = type === 1 ? 1 : bytes;
    this.#filled = 0;
    this.#blockHead = 0;
    this.#state = "block";
  }

  /** Whether the frame ends with this block. */
  #onBlockEnd(): boolean {
    if (!this.#lastBlock) {
      this.#begin("block-head");
      return false;
    }
    if (this.#checksum) {
      this.#state = "checksum";
      this.#left = 4;
      return false;
    }
    this.#begin("head");
    return true;
  }
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentSize(head: Buffer, at: number, bytes: number): number {
  if (bytes === 1) return head[at]!;
  if (bytes === 2) return head.readUInt16LE(at) + 256;
  if (bytes === 4) return head.readUInt32LE(at);
  return Number(head.readBigUInt64LE(at));
}
