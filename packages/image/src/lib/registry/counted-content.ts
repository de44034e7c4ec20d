import { ImageError } from "../error.ts";
import type { Descriptor } from "../spec/types.ts";
import type { BlobContent } from "../transport/transport.ts";

/** The content of a blob on its way to a registry, held to the size in its descriptor. */
export interface CountedContent {
  /** In one piece where it is small, so that it can be sent again. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  /** Throws what the content failed with, since whoever sends it tells only that it did. */
  throwIfFailed(): void;
  /** Ends reading. */
  close(): Promise<void>;
}

/** What is kept in memory to be sent in one piece, in bytes. */
const small = 64 * 1024;

/** Throws, or makes its body throw, `X_IMAGE_SIZE` for more or fewer bytes than there should be. */
export async function countedContent(
  descriptor: Descriptor,
  content: BlobContent,
  onBytes?: (bytes: number) => void,
): Promise<CountedContent> {
  const failure: { error?: unknown } = {};
  const counted = count(descriptor, content, failure, onBytes);
  if (descriptor.size <= small) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of counted) chunks.push(chunk);
    return { body: Buffer.concat(chunks), throwIfFailed() {}, async close() {} };
  }
  return {
    body: counted,
    throwIfFailed() {
      if ("error" in failure) throw failure.error;
    },
    async close() {
      await counted.return();
    },
  };
}

async function* count(
  descriptor: Descriptor,
  { start, chunks }: BlobContent,
  failure: { error?: unknown },
  onBytes?: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    let bytes = start;
    if (start !== 0) throw wrongSize(descriptor, `its beginning is missing`);
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > descriptor.size) throw wrongSize(descriptor, "there is more");
      yield chunk;
      onBytes?.(bytes);
    }
    if (bytes < descriptor.size) throw wrongSize(descriptor, `there are ${bytes}`);
  } catch (error) {
    failure.error = error;
    throw error;
  }
}

function wrongSize({ digest, size }: Descriptor, what: string): ImageError {
  return new ImageError("X_IMAGE_SIZE", `${digest} should be ${size} bytes, ${what}`, {
    hint: "The content that is stored here is damaged",
  });
}
