import { ImageError } from "../error.ts";
import { parseConfig } from "../spec/body.ts";
import type { Digest } from "../spec/digest.ts";
import { parseDocument } from "../spec/document.ts";
import { compressionOf, isIndexType, type Compression } from "../spec/media-type.ts";
import { currentPlatform, selectPlatform } from "../spec/platform.ts";
import type { Descriptor, ImageConfig, ImageManifest, Platform } from "../spec/types.ts";
import { chainIds } from "../store/chain-id.ts";
import type { Store } from "../store/store.ts";

/** An image that can be unpacked. */
export interface StoredImage {
  /** Of the manifest. */
  readonly descriptor: Descriptor;
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
}

/** One layer of an image. */
export interface ImageLayer {
  readonly descriptor: Descriptor;
  readonly compression: Compression;
  /** Of the uncompressed archive. */
  readonly diffId: Digest;
  /** Of the layer with all those below it. */
  readonly chainId: Digest;
  /** The chain id of those below it; null for the lowest. */
  readonly parent: Digest | null;
}

/** Which image of an index. */
export interface StoredImageOptions {
  /** This machine's by default. */
  readonly platform?: Platform;
}

const maxNesting = 4;

/**
 * The manifest and configuration of an image in the store; of an index, of the platform's image.
 * Rejects with `X_IMAGE_NOT_FOUND`, `X_IMAGE_PLATFORM`, and what the parsers throw.
 */
export async function readImage(
  store: Store,
  descriptor: Descriptor,
  { platform = currentPlatform() }: StoredImageOptions = {},
): Promise<StoredImage> {
  let at = descriptor;
  for (let depth = 0; isIndexType(at.mediaType); depth++) {
    if (depth === maxNesting) throw new ImageError("X_IMAGE_LIMIT", "indexes lie too deep");
    const parsed = parseDocument({ descriptor: at, bytes: await store.readAll(at.digest) });
    if (parsed.kind === "index") at = selectPlatform(parsed.index, platform);
  }
  const parsed = parseDocument({ descriptor: at, bytes: await store.readAll(at.digest) });
  if (parsed.kind !== "manifest") throw new ImageError("X_IMAGE_BODY", `${at.digest} is an index`);
  const { manifest } = parsed;
  const { digest, mediaType } = manifest.config;
  const config = parseConfig(await store.readAll(digest), { mediaType });
  const { mediaType: type, size } = at;
  return { descriptor: { mediaType: type, digest: at.digest, size }, manifest, config };
}

/**
 * The layers of an image, lowest first. Throws `X_IMAGE_BODY` where manifest and configuration
 * disagree, `X_IMAGE_MEDIA_TYPE` for what is no layer. Pure.
 */
export function layersIn({
  manifest,
  config,
}: Pick<StoredImage, "manifest" | "config">): ImageLayer[] {
  const { diff_ids: diffIds } = config.rootfs;
  if (diffIds.length !== manifest.layers.length) {
    const message = `the configuration speaks of ${diffIds.length} layers, the manifest of ${manifest.layers.length}`;
    throw new ImageError("X_IMAGE_BODY", message, { field: "rootfs.diff_ids" });
  }
  const ids = chainIds(diffIds);
  return manifest.layers.map((descriptor, index) => {
    const compression = compressionOf(descriptor.mediaType);
    if (compression === undefined) {
      const message = `${descriptor.mediaType} is no layer that can be unpacked`;
      throw new ImageError("X_IMAGE_MEDIA_TYPE", message, { field: `layers[${index}].mediaType` });
    }
    const [diffId, chainId] = [diffIds[index]!, ids[index]!];
    return { descriptor, compression, diffId, chainId, parent: ids[index - 1] ?? null };
  });
}

/** The layers of an image in the store, lowest first. Rejects as {@link readImage} does. */
export async function layersOf(
  store: Store,
  descriptor: Descriptor,
  options: StoredImageOptions = {},
): Promise<ImageLayer[]> {
  return layersIn(await readImage(store, descriptor, options));
}
