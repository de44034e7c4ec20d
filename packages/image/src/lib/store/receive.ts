import { constants } from "node:fs";
import { open, rename, unlink, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import type { Hash } from "node:crypto";
import { ImageError } from "../error.ts";
import { algorithmOf, encodedOf } from "../spec/digest.ts";
import type { Descriptor } from "../spec/types.ts";
import type { BlobContent } from "../transport/transport.ts";
import { batchedWrites } from "./batched-writes.ts";
import { syncDirectory } from "./durable.ts";
import { hashOf } from "./hash-file.ts";
import { blobPath, partialPath, type StorePaths } from "./paths.ts";
import type { OpenBlob, PutBlobOptions } from "./put-blob.ts";
import { freeBytes, noSpace, writeError } from "./store-error.ts";

/**
 * Brings a blob whose lock the caller holds. What a former attempt has left is read again and gone
 * on from; the size is checked while bytes come, the digest when all are there, and only then does
 * the file get the blob's name. A broken connection leaves its part for the next attempt; wrong
 * content and a full disk leave nothing.
 */
export async function receive(
  paths: StorePaths,
  descriptor: Descriptor,
  source: OpenBlob,
  options: PutBlobOptions,
): Promise<void> {
  const partial = partialPath(paths, descriptor.digest);
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
  /** What the source throws is passed on; what the disk says is told as such. */
  const onDisk = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw await writeError(`cannot store ${descriptor.digest}`, paths.root, error);
    }
  };
  const file = await onDisk(open(partial, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600));
  try {
    await fill({ paths, file, descriptor, source, options, onDisk });
    await onDisk(file.sync());
  } catch (error) {
    if (error instanceof ImageError && error.code === "X_IMAGE_NO_SPACE") await file.truncate(0);
    if ((await file.stat()).size === 0) await unlink(partial);
    throw error;
  } finally {
    await file.close();
  }
  const path = blobPath(paths, descriptor.digest);
  await onDisk(rename(partial, path));
  await onDisk(syncDirectory(dirname(path)));
}

interface Reception {
  readonly paths: StorePaths;
  readonly file: FileHandle;
  readonly descriptor: Descriptor;
  readonly source: OpenBlob;
  readonly options: PutBlobOptions;
  readonly onDisk: <T>(work: Promise<T>) => Promise<T>;
}

/** What was there may be damaged, which the source is not to blame for: then once more from 0. */
async function fill(reception: Reception): Promise<void> {
  const { file, descriptor, onDisk } = reception;
  const { size } = await onDisk(file.stat());
  const kept = size <= descriptor.size ? size : 0;
  try {
    await attempt(reception, kept);
  } catch (error) {
    const isWrong = error instanceof ImageError && error.code === "X_IMAGE_DIGEST";
    if (kept === 0 || !isWrong) throw error;
    await attempt(reception, 0);
  }
}

async function attempt(reception: Reception, kept: number): Promise<void> {
  const { paths, file, descriptor, source, onDisk } = reception;
  const { digest, size } = descriptor;
  let hash = await onDisk(hashOf(file, digest, kept));
  if (kept < size) {
    await refuseWithoutSpace(paths, descriptor, size - kept);
    const content = await source(kept);
    const start = startOf(content, kept);
    if (start < kept) hash = await onDisk(hashOf(file, digest, start));
    await onDisk(file.truncate(start));
    await pour(reception, content, hash);
  } else if (size === 0) {
    await onDisk(file.truncate(0));
  }
  const got = hash.digest("hex");
  if (got === encodedOf(digest)) return;
  await file.truncate(0);
  const message = `what came is ${algorithmOf(digest)}:${got} and not ${digest}`;
  throw new ImageError("X_IMAGE_DIGEST", message, {
    hint: "It was damaged or changed on the way, or the source is wrong; nothing of it was kept",
  });
}

function startOf({ start }: BlobContent, wanted: number): number {
  if (Number.isSafeInteger(start) && start >= 0 && start <= wanted) return start;
  throw new ImageError("X_IMAGE_INVALID", `asked from byte ${wanted} on, got it from ${start} on`, {
    field: "start",
  });
}

async function refuseWithoutSpace(
  { root }: StorePaths,
  { digest }: Descriptor,
  needed: number,
): Promise<void> {
  const free = await freeBytes(root);
  if (free === undefined || free >= needed) return;
  throw noSpace(`${digest} needs ${needed} bytes`, root, free);
}

/** Chunks are hashed while others are written. However it ends, what has come by then is kept. */
async function pour(reception: Reception, content: BlobContent, hash: Hash): Promise<void> {
  const { file, descriptor, options, onDisk } = reception;
  const { digest, size } = descriptor;
  const writes = batchedWrites(file, content.start, (end) => options.onBytes?.(end));
  let position = content.start;
  try {
    for await (const chunk of content.chunks) {
      options.signal?.throwIfAborted();
      position += chunk.length;
      if (position > size) break;
      const writing = writes.add(chunk);
      hash.update(chunk);
      if (writing !== undefined) await onDisk(writing);
    }
  } finally {
    await onDisk(writes.end());
  }
  options.signal?.throwIfAborted();
  if (position === size) return;
  if (position > size) {
    await file.truncate(0);
    throw new ImageError("X_IMAGE_SIZE", `${digest} is longer than the ${size} bytes announced`, {
      hint: "The source is wrong about it; nothing of it was kept",
    });
  }
  throw new ImageError("X_IMAGE_SIZE", `${digest} ended after ${position} of ${size} bytes`, {
    hint: "The connection broke, or the source is wrong about it; try again",
  });
}
