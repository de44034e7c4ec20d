import { ImageError } from "../error.ts";
import type { LayerChange } from "../layer/pack-change.ts";
import { packLayer, type PackOptions } from "../layer/pack.ts";
import { formatReference, parseReference } from "../registry/reference.ts";
import type { Compression } from "../spec/media-type.ts";
import type { Descriptor, Platform } from "../spec/types.ts";
import type { Store } from "../store/store.ts";
import { appendLayer, type NewLayer } from "./append.ts";
import { createdAt, sourceDateEpochOf } from "./created.ts";
import type { ConfigEdits } from "./edit-config.ts";
import { putPackedLayer } from "./put-layer.ts";
import type { StoredImage } from "./stored-image.ts";

/** What can be said of any image that is made. */
export interface MakeOptions {
  /** Of a base that is an index, which image; of an image without a base, what it is for. */
  readonly platform?: Platform;
  readonly edits?: ConfigEdits;
  readonly author?: string;
  readonly message?: string;
  /** What the history says made it; `x commit` or `x import` by default. */
  readonly createdBy?: string;
  /** Everything is as if made in this second since 1970; of `SOURCE_DATE_EPOCH` by default. */
  readonly sourceDateEpoch?: number;
  /** The name that it gets in the store, as people write it: `app:2`. */
  readonly name?: string;
  readonly signal?: AbortSignal;
}

/** What is committed. */
export interface CommitOptions extends MakeOptions {
  /** What it was changed from; nothing at all if left out. */
  readonly base?: Descriptor;
  /** The directory that becomes a layer: all of it, or what `changes` names in it. */
  readonly root?: string;
  /** What `changes` of @x/unionfs says of `root`, an upper directory. */
  readonly changes?: AsyncIterable<LayerChange>;
  /** Who this process's user was in the container, if it is not root here; root by default. */
  readonly user?: PackOptions["user"];
  /** `gzip` by default; `zstd` where Node has it. */
  readonly compression?: Compression;
  /** Hears how many more bytes, uncompressed, have been packed. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Makes an image out of a base and what was changed since: `root` becomes a layer, the edits go
 * into the configuration, and the history gets a line. Where nothing changed there is no layer.
 * With `sourceDateEpoch` the same changes make the same bytes. Rejects with what `packLayer` and
 * `appendLayer` throw, `X_IMAGE_REFERENCE` and `X_IMAGE_INVALID` for a name that it cannot have.
 */
export async function commitImage(store: Store, given: CommitOptions): Promise<StoredImage> {
  const options = withWholeName(given);
  const { signal, base } = options;
  await using _use = await store.use(signal && { signal });
  const layer = await layerOf(store, options);
  return await addToImage(store, base, layer, { createdBy: "x commit", ...options });
}

/** The options with the whole name, if any: `docker.io/library/app:2`. */
export function withWholeName<Options extends MakeOptions>(options: Options): Options {
  if (options.name === undefined) return options;
  const reference = parseReference(options.name);
  if (reference.digest !== undefined) {
    const message = "has a digest, which nobody knows before the image is made";
    throw new ImageError("X_IMAGE_INVALID", message, { field: "name", hint: "Give it a tag" });
  }
  return { ...options, name: formatReference(reference) };
}

/** Puts a layer, if there is one, and what the options say on top of a base, and gives it its name. */
export async function addToImage(
  store: Store,
  base: Descriptor | undefined,
  layer: NewLayer | undefined,
  options: MakeOptions,
): Promise<StoredImage> {
  const { author, createdBy, edits, message, name, platform, signal } = options;
  const image = await appendLayer(store, {
    ...(base && { base }),
    ...(platform && { platform }),
    ...(layer && { layer }),
    edits: { ...(author !== undefined && { author }), ...edits },
    created: createdAt(epochOf(options)),
    history: {
      ...(author !== undefined && { author }),
      ...(createdBy !== undefined && { created_by: createdBy }),
      ...(message !== undefined && { comment: message }),
    },
    ...(signal && { signal }),
  });
  if (name !== undefined) await store.tag(name, image.descriptor, signal && { signal });
  return image;
}

function epochOf({ sourceDateEpoch }: MakeOptions): number | undefined {
  return sourceDateEpoch ?? sourceDateEpochOf(process.env);
}

async function layerOf(store: Store, options: CommitOptions): Promise<NewLayer | undefined> {
  const { root, changes, compression = "gzip", onBytes, signal, user } = options;
  if (root === undefined) return undefined;
  const sourceDateEpoch = epochOf(options);
  const packed = packLayer(changes ?? "everything", {
    root,
    compression,
    ...(sourceDateEpoch !== undefined && { sourceDateEpoch }),
    ...(user && { user }),
    ...(onBytes && { onBytes }),
    ...(signal && { signal }),
  });
  return putPackedLayer(store, packed, compression, signal);
}
