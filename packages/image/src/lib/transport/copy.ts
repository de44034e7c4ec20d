import pLimit from "p-limit";
import { allOrNone, stopWith } from "../abort.ts";
import { ImageError } from "../error.ts";
import type { WorkOptions } from "../progress.ts";
import { isConfigType, parseConfig } from "../spec/body.ts";
import { formatPlatform, runsOn } from "../spec/platform.ts";
import type { Descriptor, ImageConfig, ImageManifest, Platform } from "../spec/types.ts";
import { blobCopier, readBlob, type CopyBlob } from "./copy-blob.ts";
import { gather, type FoundImage } from "./gather.ts";
import type { ImageDestination, ImageSource } from "./transport.ts";

/** An image whose manifest and configuration are known. */
export interface KnownImage {
  /** Of the manifest. */
  readonly descriptor: Descriptor;
  readonly manifest: ImageManifest;
  /** Undefined for what is no image but kept like one: signatures, charts. */
  readonly config?: ImageConfig;
}

/** How {@link copyImage} copies. */
export interface CopyOptions extends WorkOptions {
  /** Which image of an index; this machine's platform by default. */
  readonly platform?: Platform;
  /** The whole index, with the images for all platforms. */
  readonly all?: boolean;
  /** Blobs at a time; 3 by default. */
  readonly concurrency?: number;
  /** What progress events call it; `download` by default. */
  readonly phase?: "download" | "upload";
  /** Hears of each image once its configuration is there, before most of its layers are. */
  readonly onImage?: (image: KnownImage) => void;
}

/** What was copied. */
export interface CopiedImage {
  /** What the destination's name stands for: a manifest, or with `all` the index. */
  readonly descriptor: Descriptor;
  /** One, except with `all`. */
  readonly images: readonly KnownImage[];
}

/**
 * Copies an image, byte for byte: of an index the image for one platform, whose manifest then gets
 * the name, or all. Blobs come first, several at once and each once, then manifests, then what
 * gets the name. The first failure ends the rest, and is rejected with once the rest has ended.
 */
export async function copyImage(
  source: ImageSource,
  destination: ImageDestination,
  options: CopyOptions = {},
): Promise<CopiedImage> {
  const { concurrency = 3, onImage, platform } = options;
  const { named, documents, images, isSingle } = await gather(source, options);
  const stop = stopWith(options.signal);
  const { signal } = stop;
  const limit = pLimit(concurrency);
  const copyBlob = blobCopier(source, destination, { ...options, signal });

  const known = await allOrNone(stop, [
    ...images.map((image) =>
      limit(async (): Promise<KnownImage> => {
        const onConfig = (config: ImageConfig): void => {
          if (platform && isSingle) checkPlatform(config, platform, source);
          onImage?.({ ...knownOf(image), config });
        };
        const config = await copyConfig(copyBlob, { source, destination, image, signal, onConfig });
        if (config === undefined) onImage?.(knownOf(image));
        return { ...knownOf(image), ...(config && { config }) };
      }),
    ),
    ...largestFirst(images).map((layer) => limit(async () => void (await copyBlob(layer)))),
  ]);
  for (const document of documents) {
    signal.throwIfAborted();
    await destination.putDocument(document, { named: document === named, signal });
  }
  return { descriptor: named.descriptor, images: known.filter((image) => image !== undefined) };
}

interface ConfigCopy {
  readonly source: ImageSource;
  readonly destination: ImageDestination;
  readonly image: FoundImage;
  readonly signal: AbortSignal;
  /** Hears of it before it is stored, and may refuse it. */
  readonly onConfig: (config: ImageConfig) => void;
}

/** The configuration, checked before it is stored; one that is there is not fetched again. */
async function copyConfig(
  copyBlob: CopyBlob,
  { source, destination, image: { manifest }, signal, onConfig }: ConfigCopy,
): Promise<ImageConfig | undefined> {
  const descriptor = manifest.config;
  if (!isConfigType(descriptor.mediaType)) {
    await copyBlob(descriptor);
    return undefined;
  }
  let config: ImageConfig | undefined;
  const read = async (from: Pick<ImageSource, "blob">): Promise<Uint8Array> => {
    const bytes = await readBlob(from, descriptor, signal);
    const isFirst = config === undefined;
    config = configOf(bytes, manifest, source);
    if (isFirst) onConfig(config);
    return bytes;
  };
  await copyBlob(descriptor, () => read(source));
  const { blob } = destination;
  if (config === undefined) await read(blob === undefined ? source : { blob });
  return config;
}

function configOf(bytes: Uint8Array, manifest: ImageManifest, source: ImageSource): ImageConfig {
  const name = `the configuration of ${source.name}`;
  const config = parseConfig(bytes, { mediaType: manifest.config.mediaType, name });
  const [layers, ids] = [manifest.layers.length, config.rootfs.diff_ids.length];
  if (layers === ids) return config;
  const message = `${name} speaks of ${ids} layers, the manifest of ${layers}`;
  throw new ImageError("X_IMAGE_BODY", message, { field: "rootfs.diff_ids" });
}

function knownOf({ document, manifest }: FoundImage): KnownImage {
  return { descriptor: document.descriptor, manifest };
}

function checkPlatform(config: ImageConfig, wanted: Platform, source: ImageSource): void {
  if (runsOn(wanted, config)) return;
  const message = `${source.name} has nothing for ${formatPlatform(wanted)}`;
  throw new ImageError("X_IMAGE_PLATFORM", message, {
    hint: `It is for ${formatPlatform(config)} alone`,
  });
}

/**
 * The layers of all images, each once: what takes longest begins first. Those of about one size
 * come from the bottom up, for a layer is finished after the ones below it.
 */
function largestFirst(images: readonly FoundImage[]): Descriptor[] {
  const layers = images.flatMap(({ manifest }) => manifest.layers);
  const once = new Map(layers.map((layer) => [layer.digest, layer]));
  const magnitude = ({ size }: Descriptor): number => Math.floor(Math.log2(size + 1));
  return [...once.values()].toSorted((a, b) => magnitude(b) - magnitude(a));
}
