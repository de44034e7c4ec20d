import {
  formatPlatform,
  isIndexType,
  layersIn,
  readImage,
  type Descriptor,
  type Digest,
  type History,
  type ImageConfig,
  type ImageManifest,
  type Store,
} from "@x/image";

/** An image of the store in a line. */
export interface ListedImage {
  readonly name: string;
  readonly descriptor: Descriptor;
  /** Undefined for an index, which is for several, and for what is no image. */
  readonly platform?: string;
  readonly created?: string;
  /** Of its layers and its configuration, as they are in the store. */
  readonly bytes: number;
}

/** All that is known of an image. */
export interface InspectedImage {
  readonly descriptor: Descriptor;
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
  /** With the directory of its files once it is unpacked, the lowest first. */
  readonly layers: readonly {
    readonly digest: Digest;
    readonly diffId: Digest;
    readonly chainId: Digest;
    readonly bytes: number;
    readonly directory: string | null;
  }[];
}

/** A step in the making of an image. */
export interface Step extends History {
  /** Of the layer it made, as it is in the store; 0 for none. */
  readonly bytes: number;
}

/** The images of a store, by name. Those for other platforms alone are named without more. */
export async function listImages(store: Store): Promise<ListedImage[]> {
  const all = await store.references();
  const sorted = all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return Promise.all(sorted.map(({ name, descriptor }) => line(store, name, descriptor)));
}

async function line(store: Store, name: string, descriptor: Descriptor): Promise<ListedImage> {
  try {
    const { manifest, config } = await readImage(store, descriptor);
    const bytes = manifest.layers.reduce((sum, { size }) => sum + size, manifest.config.size);
    const platform = isIndexType(descriptor.mediaType) ? {} : { platform: formatPlatform(config) };
    const { created } = config;
    return { name, descriptor, ...platform, ...(created === undefined ? {} : { created }), bytes };
  } catch (error) {
    // What is kept like an image and is none, or for others alone, is there even so.
    const { code } = error as { code?: string };
    if (code === undefined || !code.startsWith("X_IMAGE_")) throw error;
    return { name, descriptor, bytes: descriptor.size };
  }
}

/** All that is known of an image; of an index, of this machine's. Rejects as `readImage` does. */
export async function inspectImage(store: Store, descriptor: Descriptor): Promise<InspectedImage> {
  const image = await readImage(store, descriptor);
  const layers = layersIn(image).map(async ({ descriptor: blob, diffId, chainId }) => ({
    digest: blob.digest,
    diffId,
    chainId,
    bytes: blob.size,
    directory: (await store.layer(chainId)) ?? null,
  }));
  return { ...image, layers: await Promise.all(layers) };
}

/** The steps in which an image was made, the first one first. A pure function. */
export function stepsOf({ config, manifest }: Pick<InspectedImage, "config" | "manifest">): Step[] {
  const sizes = manifest.layers.map(({ size }) => size);
  return (config.history ?? []).map((step) => ({
    ...step,
    bytes: step.empty_layer === true ? 0 : (sizes.shift() ?? 0),
  }));
}
