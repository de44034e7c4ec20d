import { chmod, lstat, mkdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { ImageError } from "../error.ts";
import { removeTree } from "../layer/remove-tree.ts";
import { parseDigest, type Digest } from "../spec/digest.ts";
import { syncDirectory, writeDurably } from "./durable.ts";
import { discard } from "./discard.ts";
import { formatLayer, parseLayer, type LayerRecord, type StoredLayer } from "./layer-record.ts";
import { lock } from "./lock.ts";
import { layerLock, layerPath, unfinishedLayerPath, useLock, type StorePaths } from "./paths.ts";
import { errnoOf, writeError } from "./store-error.ts";

/** Fills an empty directory with a layer, and says what it is. */
export type MakeLayer = (directory: string) => Promise<LayerRecord>;

/** How a layer is made. */
export interface EnsureLayerOptions {
  readonly signal?: AbortSignal;
  /** Nobody finds the layer before this is so: that the one below is there. */
  readonly after?: Promise<unknown> | undefined;
}

/** The directory of a layer's files if it is there, whole. */
export async function findLayer(paths: StorePaths, chainId: Digest): Promise<string | undefined> {
  if ((await readLayer(paths, chainId)) === undefined) return undefined;
  const files = filesOf(layerPath(paths, chainId));
  return (await isDirectory(files)) ? files : undefined;
}

/** What is known of a layer that is there, whole. Rejects with `X_IMAGE_STORE` if that is damaged. */
export async function readLayer(
  paths: StorePaths,
  chainId: Digest,
): Promise<StoredLayer | undefined> {
  const path = recordOf(layerPath(paths, parseDigest(chainId, "chainId")));
  try {
    return parseLayer(await readFile(path, "utf8"), path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * The directory of a layer's files, made by `make` unless it is there. Of all processes one makes
 * it, in a place of its own, and the others wait; nobody finds half a layer, whoever is killed
 * when. Rejects with what `make` throws, `X_IMAGE_DIGEST` when it made another layer.
 */
export async function ensureLayer(
  paths: StorePaths,
  chainId: Digest,
  make: MakeLayer,
  { signal, after }: EnsureLayerOptions = {},
): Promise<string> {
  const found = await findLayer(paths, chainId);
  if (found !== undefined) return found;
  const options = signal === undefined ? {} : { signal };
  await using _use = await lock(useLock(paths), { kind: "shared", ...options });
  await using _maker = await lock(layerLock(paths, chainId), {
    kind: "exclusive",
    transient: true,
    ...options,
  });
  const meanwhile = await findLayer(paths, chainId);
  if (meanwhile !== undefined) return meanwhile;
  const unfinished = unfinishedLayerPath(paths, chainId);
  // Of a maker that was killed: the lock says that it lives no more.
  await removeTree(unfinished);
  try {
    await mkdir(unfinished, { mode: 0o700 });
    const record = await made(filesOf(unfinished), make);
    signal?.throwIfAborted();
    const text = formatLayer(chainId, record);
    await writeDurably(recordOf(unfinished), text, paths.incoming);
    await after;
    // What lacks its record or its files, as only a damaged disk or a person can have left it.
    await discard(paths, layerPath(paths, chainId));
    await rename(unfinished, layerPath(paths, chainId));
    await syncDirectory(paths.layers);
  } catch (error) {
    await removeTree(unfinished);
    if (error instanceof ImageError || !isOwn(error, paths)) throw error;
    throw await writeError(`cannot make the layer ${chainId}`, paths.root, error);
  }
  return filesOf(layerPath(paths, chainId));
}

async function isDirectory(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}

/** What the root of a layer is unless the layer says otherwise. */
async function made(directory: string, make: MakeLayer): Promise<LayerRecord> {
  await mkdir(directory);
  await chmod(directory, 0o755);
  return make(directory);
}

/** Where a layer's files are, below the directory of the layer. */
export function filesOf(layer: string): string {
  return join(layer, "diff");
}

/** Where it says what a layer is, below the directory of the layer. */
export function recordOf(layer: string): string {
  return join(layer, "layer.json");
}

function isOwn(error: unknown, { root }: StorePaths): boolean {
  const { code, path } = error as NodeJS.ErrnoException;
  return code === "ENOSPC" || code === "EDQUOT" || path?.startsWith(root) === true;
}
