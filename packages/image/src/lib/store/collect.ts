import { unlink } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "../layer/remove-tree.ts";
import type { Digest } from "../spec/digest.ts";
import { namesIn } from "./contents.ts";
import { discard } from "./discard.ts";
import { findGarbage, type Keep } from "./garbage.ts";
import { lock, tryLock } from "./lock.ts";
import { indexLock, useLock, type StorePaths } from "./paths.ts";
import { writeError } from "./store-error.ts";
import { usedBelow } from "./used-below.ts";

/** What was freed. */
export interface Collected {
  /** Blobs, layers, and what was left in `incoming`, each counted. */
  readonly blobs: number;
  readonly layers: number;
  readonly incoming: number;
  /** In all; of a layer, those of its archive. */
  readonly bytes: number;
  /** What could not be read: then no blob and no layer was freed, for it could be needed. */
  readonly unreadable: readonly Digest[];
}

/**
 * Deletes what neither images nor what is to be kept needs, and what broken attempts have left,
 * once nobody uses the store. Rejects with `X_IMAGE_STORE`, or the signal's reason.
 */
export async function collectGarbage(
  paths: StorePaths,
  keep: Keep,
  signal?: AbortSignal,
): Promise<Collected> {
  const options = { kind: "exclusive", ...(signal === undefined ? {} : { signal }) } as const;
  await using _ = await lock(useLock(paths), options);
  return await collect(paths, keep, signal);
}

/** The same if nobody uses the store now; undefined otherwise. */
export async function tryCollectGarbage(
  paths: StorePaths,
  keep: Keep,
  signal?: AbortSignal,
): Promise<Collected | undefined> {
  await using alone = tryLock(useLock(paths), { kind: "exclusive" });
  return alone === undefined ? undefined : await collect(paths, keep, signal);
}

async function collect(paths: StorePaths, keep: Keep, signal?: AbortSignal): Promise<Collected> {
  const { blobs, layers, unreadable } = await findGarbage(paths, keep);
  let bytes = 0;
  try {
    for (const layer of layers) {
      signal?.throwIfAborted();
      await discard(paths, layer.path);
      bytes += layer.record?.bytes ?? 0;
    }
    for (const blob of blobs) {
      await unlink(blob.path);
      bytes += blob.bytes;
    }
    const left = await clearIncoming(paths);
    await clearLocks(paths);
    return {
      blobs: blobs.length,
      layers: layers.length,
      incoming: left.count,
      bytes: bytes + left.bytes,
      unreadable,
    };
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    throw await writeError("cannot delete what nobody needs", paths.root, error);
  }
}

/** Whoever has the store alone knows that nobody is at work on any of it. */
async function clearIncoming(paths: StorePaths): Promise<{ count: number; bytes: number }> {
  let bytes = 0;
  const names = await namesIn(paths.incoming);
  for (const name of names) {
    const path = join(paths.incoming, name);
    bytes += await usedBelow(path);
    await removeTree(path);
  }
  return { count: names.length, bytes };
}

/** Of locks that were held by who was killed. Those of the store itself stay. */
export async function clearLocks(paths: StorePaths): Promise<void> {
  const lasting = new Set([useLock(paths), indexLock(paths)]);
  for (const name of await namesIn(paths.locks)) {
    const path = join(paths.locks, name);
    if (!lasting.has(path)) await removeTree(path);
  }
}
