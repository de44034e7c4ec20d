import { createHash } from "node:crypto";
import { ImageError } from "../error.ts";
import { algorithmOf, encodedOf } from "../spec/digest.ts";
import type { Descriptor } from "../spec/types.ts";

/** Who wants to see chunks go by, and what ends them. */
export interface ChunkOptions {
  readonly signal?: AbortSignal;
  /** Hears of the bytes that were taken, from the beginning. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * The chunks of a blob from its beginning; they end well only when they were what the descriptor
 * says. Throws `X_IMAGE_SIZE`, `X_IMAGE_DIGEST`.
 *
 * @yields the same chunks
 */
export async function* verified(
  chunks: AsyncIterable<Uint8Array>,
  { digest, size }: Descriptor,
  { signal, onBytes }: ChunkOptions = {},
): AsyncGenerator<Uint8Array> {
  const hash = createHash(algorithmOf(digest));
  let length = 0;
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    length += chunk.length;
    if (length > size) {
      throw new ImageError("X_IMAGE_SIZE", `${digest} is longer than the ${size} bytes announced`);
    }
    hash.update(chunk);
    yield chunk;
    onBytes?.(length);
  }
  if (length < size) {
    throw new ImageError("X_IMAGE_SIZE", `${digest} ended after ${length} of ${size} bytes`);
  }
  const found = hash.digest("hex");
  if (found !== encodedOf(digest)) {
    const message = `content that should be ${digest} is ${algorithmOf(digest)}:${found}`;
    throw new ImageError("X_IMAGE_DIGEST", message);
  }
}

/**
 * Bytes, or a text's, as chunks.
 *
 * @yields them at once
 */
export async function* once(content: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield typeof content === "string" ? Buffer.from(content) : content;
}
