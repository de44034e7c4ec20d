import { pipeline, type Transform } from "node:stream";
import { createGunzip, type Gunzip } from "node:zlib";
import { ImageError } from "../error.ts";
import type { Compression } from "../spec/media-type.ts";
import { defaultLimits, type TarLimits } from "./limits.ts";
import { nodeZstd, type NodeZstd } from "./node-zstd.ts";
import { RatioGuard } from "./ratio-guard.ts";
import { ZstdFrames } from "./zstd-frames.ts";

/** How {@link decompress} works. */
export interface DecompressOptions {
  /** The largest window of zstd data, which stays in memory: 128 MiB unless told. */
  readonly windowBytes?: number;
  /** `ratio` and `ratioAfter` are what counts here. */
  readonly limits?: Partial<TarLimits>;
}

/**
 * Unpacking happens in another thread, one chunk ahead of what this one is at. Large chunks make the
 * most of that: each is given back here before the next can begin.
 */
const ahead = { chunkSize: 1024 * 1024, highWaterMark: 1 };
const inputBytes = 256 * 1024;
const defaultWindow = 128 * 2 ** 20;

/**
 * Unpacks gzip data of any number of members, zstd data of any number of frames; `none` goes through
 * as it is. Bytes that belong to no member or frame are refused, zeros too.
 *
 * Throws `X_IMAGE_ARCHIVE` for data that is damaged or cut off, `X_IMAGE_LIMIT` for a bomb or a
 * window that is too large, and what `chunks` throws.
 */
export function decompress(
  chunks: AsyncIterable<Uint8Array>,
  compression: Compression,
  options: DecompressOptions = {},
): AsyncIterable<Uint8Array> {
  if (compression === "none") return chunks;
  const guard = new RatioGuard({ ...defaultLimits, ...options.limits });
  const { windowBytes = defaultWindow } = options;
  if (compression === "gzip") return gunzip(chunks, guard);
  const zstd = nodeZstd();
  if (zstd === undefined) return unzstdSlowly(chunks, windowBytes, guard);
  return unzstd(zstd, chunks, windowBytes, guard);
}

// Joins small chunks, as sockets and files give them.
async function* gathered(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes < inputBytes) continue;
    yield parts.length === 1 ? chunk : Buffer.concat(parts);
    parts = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(parts);
}

async function* gunzip(
  chunks: AsyncIterable<Uint8Array>,
  guard: RatioGuard,
): AsyncGenerator<Uint8Array, void> {
  const stream = createGunzip(ahead);
  let read = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of gathered(chunks)) {
      read += chunk.length;
      yield chunk;
    }
  };
  yield* through(counted(), stream, guard, "gzip");
  if (read === 0) throw damaged("gzip", "it is empty");
  if (stream.bytesWritten !== read) throw damaged("gzip", "other bytes follow it");
}

async function* unzstd(
  zstd: NodeZstd,
  chunks: AsyncIterable<Uint8Array>,
  windowBytes: number,
  guard: RatioGuard,
): AsyncGenerator<Uint8Array, void> {
  const stream = zstd.createZstdDecompress({
    ...ahead,
    // The frames have been looked at by then; the library's own limit is a power of two.
    params: { [zstd.constants.ZSTD_d_windowLogMax]: Math.ceil(Math.log2(windowBytes)) },
  });
  yield* through(wholeFrames(gathered(chunks), windowBytes), stream, guard, "zstd");
}

// Node's stream takes the end of a frame for the end of the data unless a chunk ends there too.
async function* wholeFrames(
  chunks: AsyncIterable<Uint8Array>,
  windowBytes: number,
): AsyncGenerator<Uint8Array, void> {
  const frames = new ZstdFrames(windowBytes, false);
  for await (const chunk of chunks) {
    for (const { bytes } of frames.push(chunk)) if (bytes.length > 0) yield bytes;
  }
  frames.end();
}

async function* unzstdSlowly(
  chunks: AsyncIterable<Uint8Array>,
  windowBytes: number,
  guard: RatioGuard,
): AsyncGenerator<Uint8Array, void> {
  const { Decompress } = await import("fzstd");
  const frames = new ZstdFrames(windowBytes, true);
  const made: Uint8Array[] = [];
  const start = (): InstanceType<typeof Decompress> =>
    new Decompress((bytes) => {
      if (bytes.length > 0) made.push(bytes);
    });
  let decoder = start();
  let read = 0;
  for await (const chunk of chunks) {
    // Block by block, for four bytes may become 128 KiB.
    for (const { bytes, last } of frames.push(chunk)) {
      read += bytes.length;
      try {
        decoder.push(bytes, last);
      } catch (error) {
        throw damaged("zstd", said(error), error);
      }
      if (last) decoder = start();
      for (const bytes of made.splice(0)) {
        guard.onMade(bytes.length, read);
        yield bytes;
      }
    }
  }
  frames.end();
}

async function* through(
  chunks: AsyncIterable<Uint8Array>,
  stream: Pick<Gunzip, "bytesWritten"> & Transform,
  guard: RatioGuard,
  what: "gzip" | "zstd",
): AsyncGenerator<Uint8Array, void> {
  // Its outcome is the stream's, which is what is read here.
  pipeline(chunks, stream, () => undefined);
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      guard.onMade(chunk.length, stream.bytesWritten);
      yield chunk;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (/^(?:Z|ZSTD)_/.test(code ?? "")) throw damaged(what, said(error), error);
    throw error;
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function damaged(what: "gzip" | "zstd", message: string, cause?: unknown): ImageError {
  return new ImageError("X_IMAGE_ARCHIVE", `the ${what} data is damaged: ${message}`, { cause });
}
