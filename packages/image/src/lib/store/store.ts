import { homedir } from "node:os";
import { resolve as absolute } from "node:path";
import type { Digest } from "../spec/digest.ts";
import type { Descriptor } from "../spec/types.ts";
import type { BlobContent, ImageDestination, ImageSource } from "../transport/transport.ts";
import { checkStore } from "./check/check.ts";
import type { Finding } from "./check/finding.ts";
import type { CheckOptions } from "./check/inspection.ts";
import { collectGarbage, tryCollectGarbage, type Collected } from "./collect.ts";
import { defaultStorePath } from "./default-path.ts";
import { diskUsage, type DiskUsage } from "./disk-usage.ts";
import type { Keep } from "./garbage.ts";
import type { NamedDescriptor } from "./index-file.ts";
import { namedIn } from "./index-file.ts";
import type { StoredLayer } from "./layer-record.ts";
import { ensureLayer, findLayer, readLayer } from "./layers.ts";
import type { EnsureLayerOptions, MakeLayer } from "./layers.ts";
import { lock, type Lock } from "./lock.ts";
import { storePaths, useLock, type StorePaths } from "./paths.ts";
import { putBlob, type OpenBlob, type PutBlobOptions } from "./put-blob.ts";
import { blobSize, readAll, readBlob } from "./read-blob.ts";
import { readIndex, resolve, tag, untag } from "./references.ts";
import { ensureSkeleton } from "./skeleton.ts";
import { storeDestination, storeSource } from "./transports.ts";

/** What can be waited for, and given up. */
export interface WaitOptions {
  readonly signal?: AbortSignal;
}

/**
 * Opens a store, which is made where there is none: at `path`, else where `X_STORE` says, else in
 * `/var/lib/x` for root, `x` in `$XDG_DATA_HOME` or `~/.local/share` for others. Nobody but its
 * owner can look into it. Rejects with `X_IMAGE_STORE` for what is no store, or one of another
 * version.
 */
export async function openStore(options: { readonly path?: string } = {}): Promise<Store> {
  const { env, getuid } = process;
  const path = options.path ?? defaultStorePath({ env, uid: getuid?.(), home: homedir() });
  const paths = storePaths(absolute(path));
  await ensureSkeleton(paths);
  return new Store(paths);
}

/**
 * Images on disk, shared by any number of processes: blobs in an OCI image layout that other
 * programs can read (`oci:STORE/images:NAME`), and their layers, unpacked once. A blob is whole or
 * absent, a name stands for something that is there, whoever is killed when.
 */
export class Store {
  /** The directory of the store. */
  readonly path: string;
  readonly #paths: StorePaths;

  /** @internal */
  constructor(paths: StorePaths) {
    this.path = paths.root;
    this.#paths = paths;
  }

  /** The directory of the OCI image layout. */
  get images(): string {
    return this.#paths.images;
  }

  /** The directory for what belongs to containers. */
  get containers(): string {
    return this.#paths.containers;
  }

  /** Whether a blob is there, by its digest and size. */
  async has({ digest, size }: Descriptor): Promise<boolean> {
    return (await blobSize(this.#paths, digest)) === size;
  }

  /** The bytes of a blob; undefined where there is none. */
  async size(digest: Digest): Promise<number | undefined> {
    return blobSize(this.#paths, digest);
  }

  /**
   * The content of a blob from `offset` on, as it was verified when it came in. Rejects with
   * `X_IMAGE_NOT_FOUND`, or `X_IMAGE_SIZE` when it is damaged.
   */
  async readBlob(
    descriptor: Descriptor,
    options: { readonly offset?: number } = {},
  ): Promise<BlobContent> {
    return readBlob(this.#paths, descriptor, options.offset ?? 0);
  }

  /**
   * All of a blob, verified once more. Rejects with `X_IMAGE_NOT_FOUND`, `X_IMAGE_DIGEST`,
   * `X_IMAGE_LIMIT` when it has more than `maxBytes`, 4 MiB unless given.
   */
  async readAll(digest: Digest, maxBytes?: number): Promise<Uint8Array> {
    return readAll(this.#paths, digest, maxBytes);
  }

  /**
   * Takes a blob in unless it is there, verified by size and digest while it comes. `open` gives its
   * content from an offset on: of an attempt that broke off, the rest is asked for. When several
   * want the same one, in any process, one brings it and the others wait. Rejects with
   * `X_IMAGE_DIGEST`, `X_IMAGE_SIZE`, `X_IMAGE_NO_SPACE`, and with what `open` throws.
   */
  async putBlob(
    descriptor: Descriptor,
    open: OpenBlob,
    options?: PutBlobOptions,
  ): Promise<"stored" | "exists"> {
    return putBlob(this.#paths, descriptor, open, options);
  }

  /** All names, each with what it stands for. Rejects with `X_IMAGE_STORE` when they are damaged. */
  async references(): Promise<NamedDescriptor[]> {
    return namedIn(await readIndex(this.#paths));
  }

  /** What a name stands for. Rejects with `X_IMAGE_NOT_FOUND`; the hint says which names there are. */
  async resolve(name: string): Promise<Descriptor> {
    return resolve(this.#paths, name);
  }

  /** Has a name stand for a manifest or index that is there; `X_IMAGE_NOT_FOUND` when it is not. */
  async tag(name: string, descriptor: Descriptor, options: WaitOptions = {}): Promise<void> {
    return tag(this.#paths, name, descriptor, options.signal);
  }

  /** Takes a name away, and nothing else; whether there was such a name. */
  async untag(name: string, options: WaitOptions = {}): Promise<boolean> {
    return untag(this.#paths, name, options.signal);
  }

  /** An image of the store to be copied elsewhere; kept from being collected until disposed of. */
  source(name: string): ImageSource {
    return storeSource(this, name);
  }

  /** The store as where an image is copied to, with this name; dispose of it when all is in. */
  destination(name?: string): ImageDestination {
    return storeDestination(this, name);
  }

  /** The directory of a layer's files if it is unpacked and whole. */
  async layer(chainId: Digest): Promise<string | undefined> {
    return findLayer(this.#paths, chainId);
  }

  /** What is known of a layer that is unpacked and whole. */
  async layerRecord(chainId: Digest): Promise<StoredLayer | undefined> {
    return readLayer(this.#paths, chainId);
  }

  /**
   * The directory of a layer's files, which `make` fills, in an empty directory, unless it is there.
   * Of all processes one makes it and the others wait. Hold {@link use} as long as you need it.
   */
  async ensureLayer(
    chainId: Digest,
    make: MakeLayer,
    options: EnsureLayerOptions = {},
  ): Promise<string> {
    return ensureLayer(this.#paths, chainId, make, options);
  }

  /** Nothing is collected until the result is released or disposed of. */
  async use(options: WaitOptions = {}): Promise<Lock> {
    return lock(useLock(this.#paths), { kind: "shared", ...options });
  }

  /**
   * Deletes what neither images nor what is to be kept needs, and what broken attempts have left. It
   * waits until nobody uses the store, this process included. When a document that an image needs
   * cannot be read, no blob and no layer is deleted: they could be what it needs.
   */
  async collectGarbage(options: Keep & WaitOptions = {}): Promise<Collected> {
    return collectGarbage(this.#paths, options, options.signal);
  }

  /** The same if nobody uses the store now; undefined, and nothing deleted, if somebody does. */
  async tryCollectGarbage(options: Keep & WaitOptions = {}): Promise<Collected | undefined> {
    return tryCollectGarbage(this.#paths, options, options.signal);
  }

  /** What the store holds, and how much of it nobody needs. */
  async diskUsage(keep: Keep = {}): Promise<DiskUsage> {
    return diskUsage(this.#paths, keep);
  }

  /** What is wrong with the store; with `repair` it is mended as well. */
  async check(options: CheckOptions = {}): Promise<Finding[]> {
    return checkStore(this.#paths, options);
  }
}
