import { join } from "node:path";
import { algorithmOf, encodedOf, type Digest } from "../spec/digest.ts";

/** Where the parts of a store are; nothing here touches the disk. */
export interface StorePaths {
  readonly root: string;
  /** What the store's format is: a number and a line feed. */
  readonly version: string;
  /** An OCI image layout: `oci-layout`, `index.json`, `blobs`. Source: OCI image-layout.md. */
  readonly images: string;
  readonly layout: string;
  readonly index: string;
  readonly blobs: string;
  /** Unpacked layers by chain id: `diff` and `layer.json` in each. */
  readonly layers: string;
  /** What is not whole yet, and what is on its way out. */
  readonly incoming: string;
  readonly locks: string;
  /** The runtime's. */
  readonly containers: string;
}

/** The places below the root of a store. */
export function storePaths(root: string): StorePaths {
  const images = join(root, "images");
  return {
    root,
    version: join(root, "version"),
    images,
    layout: join(images, "oci-layout"),
    index: join(images, "index.json"),
    blobs: join(images, "blobs"),
    layers: join(root, "layers"),
    incoming: join(root, "incoming"),
    locks: join(root, "locks"),
    containers: join(root, "containers"),
  };
}

/** The directories that a store consists of, each after the one it is in. */
export function storeDirectories(paths: StorePaths): string[] {
  const { root, images, blobs, layers, incoming, locks, containers } = paths;
  const byAlgorithm = ["sha256", "sha512"].map((algorithm) => join(blobs, algorithm));
  return [root, images, blobs, ...byAlgorithm, layers, incoming, locks, containers];
}

/** Where a blob is once it is whole. */
export function blobPath(paths: StorePaths, digest: Digest): string {
  return join(paths.blobs, algorithmOf(digest), encodedOf(digest));
}

/** Where a blob is while it comes in. */
export function partialPath(paths: StorePaths, digest: Digest): string {
  return join(paths.incoming, `${encodedOf(digest)}.partial`);
}

/** The directory of a layer once it is whole. */
export function layerPath(paths: StorePaths, chainId: Digest): string {
  return join(paths.layers, encodedOf(chainId));
}

/** The directory of a layer while it is being made. */
export function unfinishedLayerPath(paths: StorePaths, chainId: Digest): string {
  return join(paths.incoming, `layer-${encodedOf(chainId)}`);
}

/** The file whose lock the writer of a blob holds. */
export function blobLock(paths: StorePaths, digest: Digest): string {
  return join(paths.locks, `blob-${encodedOf(digest)}`);
}

/** The file whose lock the maker of a layer holds. */
export function layerLock(paths: StorePaths, chainId: Digest): string {
  return join(paths.locks, `layer-${encodedOf(chainId)}`);
}

/** The file whose lock says that the store is in use (shared), or that things are deleted. */
export function useLock(paths: StorePaths): string {
  return join(paths.locks, "use");
}

/** The file whose lock who changes `index.json` holds. */
export function indexLock(paths: StorePaths): string {
  return join(paths.locks, "index");
}
