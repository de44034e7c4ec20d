import pLimit from "p-limit";
import { allOrNone, stopWith } from "../abort.ts";
import { ImageError } from "../error.ts";
import { applyLayer, type Applied, type ApplyOptions } from "../layer/apply.ts";
import { needsLowers, settleLayer } from "../layer/settle.ts";
import type { Progress, WorkOptions } from "../progress.ts";
import type { Descriptor, ImageConfig } from "../spec/types.ts";
import type { LayerRecord } from "../store/layer-record.ts";
import type { EnsureLayerOptions } from "../store/layers.ts";
import type { Store } from "../store/store.ts";
import type { ArrivingBlob } from "./arrivals.ts";
import { layersIn, readImage, type ImageLayer, type StoredImage } from "./stored-image.ts";
import type { StoredImageOptions } from "./stored-image.ts";

/** How layers are unpacked. */
export interface UnpackOptions
  extends WorkOptions, StoredImageOptions, Pick<ApplyOptions, "limits" | "owners"> {
  /** Layers at a time; 3 by default. */
  readonly concurrency?: number;
}

/** An image whose layers are there. */
export interface Unpacked extends StoredImage {
  /** The directories of the layers, topmost first, as overlay wants them. */
  readonly lower: readonly string[];
  /** What people should know: devices that could not be made. */
  readonly notices: readonly string[];
}

/** How the layers of an image that is still coming in are unpacked. */
export interface UnpackLayersOptions extends UnpackOptions {
  /** Where layers are read from; the store unless given. */
  readonly read?: ReadLayer;
}

/** Gives the content of a layer, which counts only once `whole` says so. */
export type ReadLayer = (layer: Descriptor) => Promise<ArrivingBlob>;

/**
 * Unpacks the layers of an image, each once and into a directory of its own, which all images and
 * containers share. Several are unpacked at a time; each is finished after the ones below it.
 * Hold `store.use()` as long as you need the directories. Rejects with `X_IMAGE_DIGEST` for a layer
 * that is not what the configuration says, and with what `applyLayer` throws; no part of a layer is
 * left then.
 */
export async function unpackImage(
  store: Store,
  descriptor: Descriptor,
  options: UnpackOptions = {},
): Promise<Unpacked> {
  await using _use = await store.use(options.signal && { signal: options.signal });
  return await unpackLayers(store, await readImage(store, descriptor, options), options);
}

/** The same of an image whose manifest and configuration are known. */
export async function unpackLayers(
  store: Store,
  image: StoredImage,
  options: UnpackLayersOptions = {},
): Promise<Unpacked> {
  const stop = stopWith(options.signal);
  const { signal } = stop;
  const limit = pLimit(options.concurrency ?? 3);
  const read = options.read ?? ((layer) => readStored(store, layer));
  const directories: Promise<string>[] = [];
  for (const layer of layersIn(image)) {
    const below = [...directories];
    const make = async (directory: string): Promise<LayerRecord> => {
      const blob = await read(layer.descriptor);
      const apply = { ...options, signal, directory, whiteouts: "overlay" } as const;
      const applied = await limit(() => applyBlob(blob.chunks, layer, apply)).catch(
        async (error: unknown) => {
          // A blob that is damaged is to be told as such, not as the archive that it holds.
          await blob.whole;
          throw error;
        },
      );
      await blob.whole;
      if (needsLowers(applied)) {
        await settleLayer(directory, applied, (await Promise.all(below)).toReversed());
      }
      return recordOf(layer, applied);
    };
    directories.push(ensure(store, layer, make, { ...options, signal, after: below.at(-1) }));
  }
  const lower = (await allOrNone(stop, directories)).toReversed();
  return { ...image, lower, notices: await noticesOf(store, image) };
}

/**
 * Unpacks all layers of an image on top of each other into one plain directory, which must be
 * there; files that lower layers have left are replaced and removed as the layers say.
 */
export async function unpackFlat(
  store: Store,
  descriptor: Descriptor,
  directory: string,
  options: UnpackOptions = {},
): Promise<{ readonly config: ImageConfig; readonly notices: readonly string[] }> {
  await using _use = await store.use(options.signal && { signal: options.signal });
  const image = await readImage(store, descriptor, options);
  const notices: string[] = [];
  for (const layer of layersIn(image)) {
    const { chunks } = await readStored(store, layer.descriptor);
    const applied = await applyBlob(chunks, layer, { ...options, directory, whiteouts: "flat" });
    notices.push(...notesOf(applied));
    const [missing] = applied.pendingLinks;
    if (missing !== undefined) throw danglingLink(missing.name, missing.target);
  }
  return { config: image.config, notices };
}

async function readStored(store: Store, layer: Descriptor): Promise<ArrivingBlob> {
  const { chunks } = await store.readBlob(layer);
  return { chunks, whole: Promise.resolve() };
}

async function ensure(
  store: Store,
  layer: ImageLayer,
  make: (directory: string) => Promise<LayerRecord>,
  { signal, after, onProgress }: EnsureLayerOptions & WorkOptions,
): Promise<string> {
  let isMade = false;
  const directory = await store.ensureLayer(
    layer.chainId,
    async (directory) => {
      isMade = true;
      return make(directory);
    },
    { ...(signal && { signal }), after },
  );
  if (!isMade) onProgress?.(progressOf(layer, "exists", layer.descriptor.size));
  return directory;
}

/** Applies the blob of a layer and compares what it was with what it should be. */
async function applyBlob(
  chunks: AsyncIterable<Uint8Array>,
  layer: ImageLayer,
  options: UnpackOptions & Pick<ApplyOptions, "directory" | "whiteouts">,
): Promise<Applied> {
  const { onProgress, signal, directory, whiteouts, limits, owners } = options;
  signal?.throwIfAborted();
  const { descriptor, compression, diffId } = layer;
  onProgress?.(progressOf(layer, "started", 0));
  const applied = await applyLayer(chunks, {
    compression,
    directory,
    whiteouts,
    ...(limits && { limits }),
    ...(owners && { owners }),
    ...(signal && { signal }),
    ...(onProgress && {
      onBytes: (bytes: number) => onProgress(progressOf(layer, "running", bytes)),
    }),
  });
  if (applied.diffId !== diffId) {
    const message = `the layer ${descriptor.digest} holds ${applied.diffId}`;
    throw new ImageError("X_IMAGE_DIGEST", message, {
      hint: `The image's configuration says ${diffId}; whoever made it has to make it again`,
    });
  }
  onProgress?.(progressOf(layer, "done", descriptor.size));
  return applied;
}

function progressOf({ descriptor }: ImageLayer, state: Progress["state"], bytes: number): Progress {
  const { digest, mediaType, size: total } = descriptor;
  return { phase: "unpack", digest, mediaType, bytes, total, state };
}

function recordOf({ diffId, parent }: ImageLayer, applied: Applied): LayerRecord {
  const { bytes, entries } = applied;
  const notes = notesOf(applied);
  return { diffId, parent, bytes, entries, ...(notes.length > 0 && { notes }) };
}

function notesOf({ skipped }: Applied): string[] {
  return skipped.map(({ name, reason }) => `${name} is not as in the image: ${reason}`);
}

/** Also of layers that were there already. */
async function noticesOf(store: Store, image: StoredImage): Promise<string[]> {
  const layers = layersIn(image).map(({ chainId }) => store.layerRecord(chainId));
  return (await Promise.all(layers)).flatMap((record) => record?.notes ?? []);
}

function danglingLink(name: string, target: string): ImageError {
  return new ImageError("X_IMAGE_ARCHIVE", `this is a hard link to ${target}, which is not there`, {
    field: name,
  });
}
