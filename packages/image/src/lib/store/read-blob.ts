import { open, readFile, stat } from "node:fs/promises";
import { ImageError } from "../error.ts";
import { checkContent } from "../spec/descriptor.ts";
import { parseDigest, type Digest } from "../spec/digest.ts";
import { maxBodyBytes } from "../spec/json.ts";
import type { Descriptor } from "../spec/types.ts";
import type { BlobContent } from "../transport/transport.ts";
import { blobPath, type StorePaths } from "./paths.ts";
import { errnoOf, storeError } from "./store-error.ts";

/** Bytes that are read at once. */
const chunkBytes = 256 * 1024;

/** The size of a blob that is whole, in bytes; undefined where there is none. */
export async function blobSize(paths: StorePaths, digest: Digest): Promise<number | undefined> {
  const path = blobPath(paths, parseDigest(digest));
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw storeError(`cannot look at ${path}`, error);
  }
}

/**
 * The content of a blob from byte `offset` on; it was verified as it came in and is not now.
 * Rejects with `X_IMAGE_NOT_FOUND`, or `X_IMAGE_SIZE` where the file has another length.
 */
export async function readBlob(
  paths: StorePaths,
  descriptor: Descriptor,
  offset: number,
): Promise<BlobContent> {
  const { digest, size } = descriptor;
  const found = await blobSize(paths, digest);
  if (found === undefined) throw notFound(paths, digest);
  if (found !== size) {
    const message = `${digest} has ${found} bytes in the store, ${size} by its descriptor`;
    throw new ImageError("X_IMAGE_SIZE", message, {
      hint: "`x system check` removes what was damaged; pull the image again then",
    });
  }
  if (offset < 0 || offset > size) {
    throw new ImageError("X_IMAGE_INVALID", `${digest} has no byte ${offset}`, { field: "offset" });
  }
  return { start: offset, chunks: chunksOf(blobPath(paths, digest), offset) };
}

/**
 * Reads one chunk ahead, so that the disk works while the reader does.
 *
 * @yields the bytes from `offset` on
 */
async function* chunksOf(path: string, offset: number): AsyncGenerator<Uint8Array> {
  const file = await open(path, "r");
  let position = offset;
  const next = async (): Promise<Uint8Array> => {
    const { buffer, bytesRead } = await file.read(
      Buffer.allocUnsafe(chunkBytes),
      0,
      chunkBytes,
      position,
    );
    position += bytesRead;
    return buffer.subarray(0, bytesRead);
  };
  let ahead: Promise<Uint8Array> | undefined;
  try {
    ahead = next();
    for (;;) {
      const chunk = await ahead;
      ahead = undefined;
      if (chunk.length === 0) return;
      ahead = next();
      // Its failure is told when it is its turn, if anybody still wants it then.
      ahead.catch(() => undefined);
      yield chunk;
    }
  } finally {
    await ahead?.catch(() => undefined);
    await file.close();
  }
}

/**
 * All of a small blob, verified once more. Rejects with `X_IMAGE_NOT_FOUND`, `X_IMAGE_LIMIT` when
 * it is longer than `maxBytes` (4 MiB unless given), `X_IMAGE_DIGEST`.
 */
export async function readAll(
  paths: StorePaths,
  digest: Digest,
  maxBytes: number = maxBodyBytes,
): Promise<Uint8Array> {
  const size = await blobSize(paths, digest);
  if (size === undefined) throw notFound(paths, digest);
  if (size > maxBytes) {
    const message = `${digest} has ${size} bytes; at most ${maxBytes} are read at once`;
    throw new ImageError("X_IMAGE_LIMIT", message);
  }
  const bytes = await readFile(blobPath(paths, digest));
  checkContent(bytes, { mediaType: "", digest, size: bytes.length });
  return bytes;
}

function notFound({ root }: StorePaths, digest: Digest): ImageError {
  return new ImageError("X_IMAGE_NOT_FOUND", `${digest} is not in the store ${root}`, {
    hint: "Pull the image that it belongs to",
  });
}
