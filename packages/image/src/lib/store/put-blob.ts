import { ImageError } from "../error.ts";
import { parseDigest } from "../spec/digest.ts";
import type { Descriptor } from "../spec/types.ts";
import type { BlobContent } from "../transport/transport.ts";
import { lock } from "./lock.ts";
import { blobLock, useLock, type StorePaths } from "./paths.ts";
import { blobSize } from "./read-blob.ts";
import { receive } from "./receive.ts";

/** How a blob is taken in. */
export interface PutBlobOptions {
  readonly signal?: AbortSignal;
  /** Hears of the bytes that are in, from the beginning of the blob. */
  readonly onBytes?: (bytes: number) => void;
}

/** Gives the content of a blob from an offset on, or from anywhere before it. */
export type OpenBlob = (offset: number) => Promise<BlobContent>;

/**
 * Takes a blob into the store unless it is there. Of all processes one brings it, and the others
 * wait for that one; when it dies, the next goes on from where it was.
 */
export async function putBlob(
  paths: StorePaths,
  descriptor: Descriptor,
  open: OpenBlob,
  options: PutBlobOptions = {},
): Promise<"stored" | "exists"> {
  const digest = parseDigest(descriptor.digest, "digest");
  if (!Number.isSafeInteger(descriptor.size) || descriptor.size < 0) {
    throw new ImageError("X_IMAGE_SIZE", `${descriptor.size} is no size`, { field: "size" });
  }
  const isThere = async (): Promise<boolean> => (await blobSize(paths, digest)) === descriptor.size;
  if (await isThere()) return "exists";
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  await using _use = await lock(useLock(paths), { kind: "shared", ...signal });
  await using _writer = await lock(blobLock(paths, digest), {
    kind: "exclusive",
    transient: true,
    ...signal,
  });
  if (await isThere()) return "exists";
  await receive(paths, descriptor, open, options);
  return "stored";
}
