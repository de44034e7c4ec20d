import { digestOf, type Digest } from "../spec/digest.ts";
import { mediaTypes } from "../spec/media-type.ts";
import { currentPlatform } from "../spec/platform.ts";
import type { Descriptor, History, ImageConfig, ImageManifest, Platform } from "../spec/types.ts";
import type { Store } from "../store/store.ts";
import { once } from "../transport/chunks.ts";
import { editConfig, newConfig, type ConfigEdits } from "./edit-config.ts";
import { readImage, type StoredImage } from "./stored-image.ts";

/** A layer that is in the store. */
export interface NewLayer {
  readonly descriptor: Descriptor;
  /** Of the uncompressed archive. */
  readonly diffId: Digest;
}

/** What goes on top of an image. */
export interface AppendOptions {
  /** What to build on; nothing at all if left out. Of an index, the image for the platform. */
  readonly base?: Descriptor;
  readonly platform?: Platform;
  /** Left out where only the configuration changes. */
  readonly layer?: NewLayer;
  readonly edits?: ConfigEdits;
  /** When it is made, ISO 8601. */
  readonly created: string;
  /** What the history says of it. */
  readonly history?: Omit<History, "created" | "empty_layer">;
  readonly signal?: AbortSignal;
}

/**
 * Makes an image out of another one: a layer more, other words on how to run it, a line of history.
 * Its manifest is of OCI's, whatever the base's was; the layers below stay byte for byte. Equal
 * options make equal bytes. It has no name yet: hold `store.use()` until it has. Rejects with what
 * `readImage` throws, and `X_IMAGE_NO_SPACE`.
 */
export async function appendLayer(store: Store, options: AppendOptions): Promise<StoredImage> {
  const { base, signal, platform = currentPlatform() } = options;
  const below = base && (await readImage(store, base, { platform }));
  const config = nextConfig(below?.config ?? newConfig(platform), options);
  const put = async (body: object, mediaType: string): Promise<Descriptor> => {
    const bytes = Buffer.from(JSON.stringify(body));
    const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
    const open = () => Promise.resolve({ start: 0, chunks: once(bytes) });
    await store.putBlob(descriptor, open, signal && { signal });
    return descriptor;
  };
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: await put(config, mediaTypes.config),
    layers: [
      ...(below?.manifest.layers ?? []).map(ociDescriptor),
      ...(options.layer ? [options.layer.descriptor] : []),
    ],
  };
  return { descriptor: await put(manifest, mediaTypes.manifest), manifest, config };
}

/** The configuration with the edits, the layer and a line of history. Pure. */
export function nextConfig(config: ImageConfig, options: AppendOptions): ImageConfig {
  const { layer, edits = {}, created, history = {} } = options;
  const edited = editConfig(config, edits);
  const line: History = { created, ...history, ...(layer === undefined && { empty_layer: true }) };
  const diffIds = [...config.rootfs.diff_ids, ...(layer ? [layer.diffId] : [])];
  return {
    ...edited,
    created,
    rootfs: { ...config.rootfs, diff_ids: diffIds },
    history: [...(config.history ?? []), line],
  };
}

const ociTypes: Readonly<Record<string, string>> = {
  [mediaTypes.dockerLayer]: mediaTypes.layer,
  [mediaTypes.dockerLayerGzip]: mediaTypes.layerGzip,
  [mediaTypes.dockerLayerZstd]: mediaTypes.layerZstd,
  "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip":
    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
};

/** What docker calls its layers, as OCI does: the bytes are the same. */
function ociDescriptor(descriptor: Descriptor): Descriptor {
  const { mediaType } = descriptor;
  return { ...descriptor, mediaType: ociTypes[mediaType] ?? mediaType };
}
