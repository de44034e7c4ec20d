import { registryDestination } from "../registry/destination.ts";
import type { RegistryDestinationOptions } from "../registry/destination.ts";
import { formatReference, parseReference } from "../registry/reference.ts";
import { registrySource, type RegistrySourceOptions } from "../registry/source.ts";
import { currentPlatform, runsOn } from "../spec/platform.ts";
import type { Digest } from "../spec/digest.ts";
import type { Store } from "../store/store.ts";
import {
  copyImage,
  type CopiedImage,
  type CopyOptions,
  type KnownImage,
} from "../transport/copy.ts";
import type { ImageSource } from "../transport/transport.ts";
import { unpackLayers, type Unpacked, type UnpackOptions } from "./unpack.ts";

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
 * layer as soon as it is in. Rejects with what `registrySource`, `copyImage` and `unpackImage`
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

/** Copies an image from anywhere into the store, under a name or none, and unpacks it. */
export async function fetchImage(
  store: Store,
  name: string | undefined,
  source: ImageSource,
  options: FetchOptions = {},
): Promise<Fetched> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  const arrivals = new Arrivals(signal);
  let unpacking: Promise<Unpacked> | undefined;
  const onImage = (image: KnownImage): void => {
    options.onImage?.(image);
    const { config } = image;
    if (options.unpack === false || unpacking || config === undefined) return;
    const isChosen = options.all !== true || runsOn(options.platform ?? currentPlatform(), config);
    if (!isChosen) return;
    const ready = ({ digest }: { digest: Digest }): Promise<void> => arrivals.of(digest);
    unpacking = unpackLayers(store, { ...image, config }, { ...options, signal, ready });
    unpacking.catch((error: unknown) => stop.abort(error));
  };
  await using destination = store.destination(name);
  try {
    const copied = await copyImage(source, destination, {
      ...options,
      signal,
      onImage,
      onProgress(event) {
        options.onProgress?.(event);
        if (event.state === "done" || event.state === "exists") arrivals.note(event.digest);
      },
    });
    const unpacked = await unpacking;
    return { ...copied, name: name ?? copied.descriptor.digest, ...(unpacked && { unpacked }) };
  } catch (error) {
    stop.abort(error);
    await unpacking?.catch(() => undefined);
    throw error;
  }
}

/** Which blobs are in, for those who wait for them. */
class Arrivals {
  readonly #known = new Map<Digest, { promise: Promise<void>; arrive: () => void }>();
  readonly #stopped: Promise<never>;

  constructor(signal: AbortSignal) {
    this.#stopped = new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
    this.#stopped.catch(() => undefined);
  }

  note(digest: Digest): void {
    this.#entry(digest).arrive();
  }

  of(digest: Digest): Promise<void> {
    return Promise.race([this.#entry(digest).promise, this.#stopped]);
  }

  #entry(digest: Digest): { promise: Promise<void>; arrive: () => void } {
    const known = this.#known.get(digest);
    if (known !== undefined) return known;
    let arrive = (): void => undefined;
    const promise = new Promise<void>((resolve) => (arrive = resolve));
    const entry = { promise, arrive };
    this.#known.set(digest, entry);
    return entry;
  }
}
