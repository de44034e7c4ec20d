import { ImageError } from "../error.ts";
import type { Progress, WorkOptions } from "../progress.ts";
import { checkContent } from "../spec/descriptor.ts";
import { maxBodyBytes } from "../spec/json.ts";
import type { Descriptor } from "../spec/types.ts";
import { once } from "./chunks.ts";
import type { BlobContent, ImageDestination, ImageSource } from "./transport.ts";

/** Copies a blob from the source, or what `content` gives, which is asked only if it is needed. */
export type CopyBlob = (
  descriptor: Descriptor,
  content?: () => Promise<Uint8Array>,
) => Promise<void>;

/** What {@link blobCopier} is told of the copy that it is part of. */
export interface BlobCopierOptions extends WorkOptions {
  readonly signal: AbortSignal;
  readonly phase?: "download" | "upload";
}

/** A function that copies blobs, each once however often it is asked for, and tells of it. */
export function blobCopier(
  source: ImageSource,
  destination: ImageDestination,
  { signal, onProgress, phase = "download" }: BlobCopierOptions,
): CopyBlob {
  const begun = new Map<string, Promise<void>>();
  const copy: CopyBlob = async (descriptor, content) => {
    signal.throwIfAborted();
    const { digest, mediaType, size: total } = descriptor;
    const report = (state: Progress["state"], bytes: number): void =>
      onProgress?.({ phase, digest, mediaType, bytes, total, state });
    if (await destination.has(descriptor, { signal })) return report("exists", total);
    report("started", 0);
    const open = async (offset: number): Promise<BlobContent> =>
      content === undefined
        ? source.blob(descriptor, { offset, signal })
        : { start: 0, chunks: once(await content()) };
    await destination.putBlob(descriptor, open, {
      signal,
      onBytes: (bytes) => report("running", bytes),
    });
    report("done", total);
  };
  return (descriptor, content) => {
    const copying = begun.get(descriptor.digest) ?? copy(descriptor, content);
    begun.set(descriptor.digest, copying);
    return copying;
  };
}

/** The whole of a small blob of a source, checked. Rejects with `X_IMAGE_SIZE`, `X_IMAGE_DIGEST`. */
export async function readBlob(
  source: Pick<ImageSource, "blob">,
  descriptor: Descriptor,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  if (descriptor.size > maxBodyBytes) {
    const message = `${descriptor.digest} has ${descriptor.size} bytes, more than a body may have`;
    throw new ImageError("X_IMAGE_LIMIT", message);
  }
  const { chunks } = await source.blob(descriptor, signal && { signal });
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (length > descriptor.size) break;
  }
  const bytes = Buffer.concat(parts);
  checkContent(bytes, descriptor);
  return bytes;
}
