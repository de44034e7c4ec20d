import { stopWith } from "../abort.ts";
import { registryDestination } from "../registry/destination.ts";
import type { RegistryDestinationOptions } from "../registry/destination.ts";
import { formatReference, parseReference } from "../registry/reference.ts";
import { registrySource, type RegistrySourceOptions } from "../registry/source.ts";
import { currentPlatform, runsOn } from "../spec/platform.ts";
import type { Store } from "../store/store.ts";
import {
  copyImage,
  type CopiedImage,
  type CopyOptions,
  type KnownImage,
} from "../transport/copy.ts";
import type { ImageSource } from "../transport/transport.ts";
import { Arrivals } from "./arrivals.ts";
import { unpackLayers, type ReadLayer, type Unpacked, type UnpackOptions } from "./unpack.ts";

/** How an image is fetched into the store. */
export interface FetchOptions extends CopyOptions, UnpackOptions {
  /** `false` leaves its layers packed. */
  readonly unpack?: boolean;
}

/** An image that was fetched. */
export interface Fetched extends CopiedImage {
  /** The name that it has in the store. */
  readonly name: string;
  /** Undefined if that was not asked for, or if there is nothing to unpack. */
  readonly unpacked?: Unpacked;
}

/**
 * Pulls an image from its registry into the store, where it gets its whole name, and unpacks each
 * layer while it comes in. Rejects with what `registrySource`, `copyImage` and `unpackImage`
 * throw; what is in by then is kept for the next attempt.
 */
export async function pull(
  store: Store,
  reference: string,
  options: FetchOptions & RegistrySourceOptions = {},
): Promise<Fetched> {
  const parsed = parseReference(reference);
  await using source = registrySource(parsed, options);
  return await fetchImage(store, formatReference(parsed), source, options);
}

/** Pushes an image of the store to a registry: by its own name, unless another one is given. */
export async function push(
  store: Store,
  name: string,
  reference: string = name,
  options: CopyOptions & RegistryDestinationOptions = {},
): Promise<CopiedImage> {
  const all = options.all ?? options.platform === undefined;
  await using destination = registryDestination(parseReference(reference), options);
  await using source = store.source(formatReference(parseReference(name)));
  return await copyImage(source, destination, { phase: "upload", ...options, all });
}

/**
 * Copies an image from anywhere into the store, under a name or none, and unpacks it. The name is
 * as people write it; rejects with `X_IMAGE_REFERENCE` for what is none.
 */
export async function fetchImage(
  store: Store,
  wanted: string | undefined,
  source: ImageSource,
  options: FetchOptions = {},
): Promise<Fetched> {
  const name = wanted === undefined ? undefined : formatReference(parseReference(wanted));
  const { signal, stop } = stopWith(options.signal);
  const arrivals = new Arrivals(store, signal);
  let unpacking: Promise<Unpacked> | undefined;
  const onImage = (image: KnownImage): void => {
    options.onImage?.(image);
    const { config } = image;
    if (options.unpack === false || unpacking || config === undefined) return;
    const isChosen = options.all !== true || runsOn(options.platform ?? currentPlatform(), config);
    if (!isChosen) return;
    const read: ReadLayer = (layer) => arrivals.open(layer);
    unpacking = unpackLayers(store, { ...image, config }, { ...options, signal, read });
    unpacking.catch(stop);
  };
  await using destination = store.destination(name);
  try {
    const copied = await copyImage(watched(source, arrivals), destination, {
      ...options,
      signal,
      onImage,
      onProgress(event) {
        options.onProgress?.(event);
        if (event.state === "running") arrivals.onBytes(event.digest, event.bytes);
        else if (event.state !== "started") arrivals.onWhole(event.digest);
      },
    });
    const unpacked = await unpacking;
    return { ...copied, name: name ?? copied.descriptor.digest, ...(unpacked && { unpacked }) };
  } catch (error) {
    stop(error);
    await unpacking?.catch(() => undefined);
    throw error;
  }
}

/** The source, whose blobs are heard of when they are asked for. */
function watched(source: ImageSource, arrivals: Arrivals): ImageSource {
  return {
    name: source.name,
    document: (digest, options) => source.document(digest, options),
    blob(descriptor, options) {
      arrivals.onOpen(descriptor.digest, options?.offset ?? 0);
      return source.blob(descriptor, options);
    },
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}
