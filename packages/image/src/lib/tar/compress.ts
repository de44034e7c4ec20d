import { pipeline, type Transform } from "node:stream";
import { createGzip } from "node:zlib";
import { ImageError } from "../error.ts";
import type { Compression } from "../spec/media-type.ts";
import { nodeZstd } from "./node-zstd.ts";

/** How {@link compress} works. */
export interface CompressOptions {
  /** gzip: 1 (fast) to 9 (small), 6 unless told. zstd: 1 to 22, 3 unless told. */
  readonly level?: number;
}

const chunkSize = 256 * 1024;

/**
 * Packs bytes as gzip or zstd; `none` goes through as it is. The same bytes give the same result
 * with the same version of Node: neither time nor system stand in it. Throws `X_IMAGE_INVALID` for a
 * level that is none and for zstd where Node has none (before 22.15), and what `chunks` throws.
 */
export function compress(
  chunks: AsyncIterable<Uint8Array>,
  compression: Compression,
  options: CompressOptions = {},
): AsyncIterable<Uint8Array> {
  if (compression === "none") return chunks;
  const gzipped = compression === "gzip";
  const level = levelOf(options.level ?? (gzipped ? 6 : 3), gzipped ? 9 : 22);
  if (gzipped) return gzip(chunks, level);
  const zstd = nodeZstd();
  if (zstd === undefined) {
    throw new ImageError("X_IMAGE_INVALID", `Node ${process.versions.node} cannot pack zstd`, {
      field: "compression",
      hint: "Use gzip, or Node 22.15 or newer",
    });
  }
  const params = {
    [zstd.constants.ZSTD_c_compressionLevel]: level,
    [zstd.constants.ZSTD_c_checksumFlag]: 1,
  };
  return through(chunks, zstd.createZstdCompress({ chunkSize, params }));
}

function levelOf(level: number, most: number): number {
  if (Number.isInteger(level) && level >= 1 && level <= most) return level;
  throw new ImageError("X_IMAGE_INVALID", `it must be a whole number from 1 to ${most}`, {
    field: "level",
  });
}

/** The fields of gzip's header behind the flags: no time, no hint on the level, an unknown system. */
const anonymous = Uint8Array.of(0, 0, 0, 0, 0, 255);
const anonymousAt = 4;

async function* gzip(
  chunks: AsyncIterable<Uint8Array>,
  level: number,
): AsyncGenerator<Uint8Array, void> {
  let at = 0;
  for await (const chunk of through(chunks, createGzip({ level, chunkSize }))) {
    for (let i = 0; i < chunk.length && at + i < anonymousAt + anonymous.length; i++) {
      if (at + i >= anonymousAt) chunk[i] = anonymous[at + i - anonymousAt]!;
    }
    at += chunk.length;
    yield chunk;
  }
}

async function* through(
  chunks: AsyncIterable<Uint8Array>,
  stream: Transform,
): AsyncGenerator<Uint8Array, void> {
  // Its outcome is the stream's, which is what is read here.
  pipeline(chunks, stream, () => undefined);
  yield* stream as AsyncIterable<Uint8Array>;
}
