/**
 * OCI images: pulled, unpacked, made and pushed, and kept in a store that processes share and no
 * crash damages. Nothing of an image is trusted.
 *
 * - {@link pull} and {@link push} speak with registries; {@link copyImage} copies between any
 *   {@link ImageSource} and {@link ImageDestination}: registries, OCI layouts, archives, stores.
 * - {@link unpackImage} gives each layer a directory, to be stacked by `@x/unionfs`.
 * - {@link importRoot}, {@link commitImage} and {@link appendLayer} make images.
 * - {@link openStore} opens the {@link Store}: blobs, names, layers, garbage collection, `check`.
 * - {@link applyLayer}, {@link packLayer}, {@link readTar} and {@link tarHeader} are what is underneath.
 *
 * ```ts
 * import { mkdtempSync } from "node:fs";
 * import { importRoot, openStore, removeTree, unpackImage } from "@x/image";
 *
 * const box = mkdtempSync("/tmp/x-box-");
 * const store = await openStore({ path: `${box}/store` });
 * const { descriptor } = await importRoot(store, import.meta.dirname);
 * const { lower } = await unpackImage(store, descriptor);
 * console.log(lower); // one directory, with the files that lie beside this one
 * await removeTree(box);
 * ```
 *
 * @packageDocumentation
 */
export { ImageError } from "./lib/error.ts";
export type { ImageErrorCode, ImageErrorDetails } from "./lib/error.ts";
export type { Progress, WorkOptions } from "./lib/progress.ts";

// layer
export { applyLayer } from "./lib/layer/apply.ts";
export type { Applied, ApplyOptions, PendingLink, Skipped } from "./lib/layer/apply.ts";
export { removeTree } from "./lib/layer/remove-tree.ts";
export { settleLayer } from "./lib/layer/settle.ts";
export type { Whiteouts } from "./lib/layer/xattr-policy.ts";

// Registries: names of images, pulling from and pushing to where they are kept.
export type { RegistryOptions } from "./lib/registry/client.ts";
export type { Credentials } from "./lib/registry/credentials.ts";
export {
  registryDestination,
  type RegistryDestinationOptions,
} from "./lib/registry/destination.ts";
export { login, logout, type CredentialPlace, type LoginOptions } from "./lib/registry/login.ts";
export {
  defaultRegistry,
  formatReference,
  parseReference,
  parseRegistry,
  type Reference,
} from "./lib/registry/reference.ts";
export { registrySource, type RegistrySourceOptions } from "./lib/registry/source.ts";
export { listTags } from "./lib/registry/tags.ts";

// spec
export { isConfigType, parseConfig, parseIndex, parseManifest } from "./lib/spec/body.ts";
export type { BodyOptions } from "./lib/spec/body.ts";
export { checkContent } from "./lib/spec/descriptor.ts";
export { digestOf, isDigest, parseDigest } from "./lib/spec/digest.ts";
export type { Digest } from "./lib/spec/digest.ts";
export { parseDocument } from "./lib/spec/document.ts";
export type { ParsedDocument } from "./lib/spec/document.ts";
export { compressionOf, isIndexType, isManifestType, mediaTypes } from "./lib/spec/media-type.ts";
export type { Compression } from "./lib/spec/media-type.ts";
export {
  currentPlatform,
  formatPlatform,
  parsePlatform,
  runsOn,
  selectPlatform,
} from "./lib/spec/platform.ts";
export type {
  Descriptor,
  ExecutionConfig,
  History,
  ImageConfig,
  ImageIndex,
  ImageManifest,
  Platform,
} from "./lib/spec/types.ts";

// store
export { chainId, chainIds } from "./lib/store/chain-id.ts";
export type { Finding, FindingKind } from "./lib/store/check/finding.ts";
export type { CheckOptions, CheckProgress } from "./lib/store/check/inspection.ts";
export type { Collected } from "./lib/store/collect.ts";
export type { DiskUsage, Usage } from "./lib/store/disk-usage.ts";
export type { Keep } from "./lib/store/garbage.ts";
export type { NamedDescriptor } from "./lib/store/index-file.ts";
export type { LayerRecord, StoredLayer } from "./lib/store/layer-record.ts";
export type { MakeLayer } from "./lib/store/layers.ts";
export { lock, tryLock } from "./lib/store/lock.ts";
export type { Lock, LockOptions } from "./lib/store/lock.ts";
export type { OpenBlob, PutBlobOptions } from "./lib/store/put-blob.ts";
export { openStore } from "./lib/store/store.ts";
export type { Store, WaitOptions } from "./lib/store/store.ts";
export { usedBelow } from "./lib/store/used-below.ts";

// transport
export { archiveDestination, createImageArchive } from "./lib/transport/archive-destination.ts";
export type { ArchiveOptions, ImageArchive } from "./lib/transport/archive-destination.ts";
export { copyImage } from "./lib/transport/copy.ts";
export type { CopiedImage, CopyOptions, KnownImage } from "./lib/transport/copy.ts";
export { ociLayoutDestination } from "./lib/transport/layout-destination.ts";
export type { LayoutDestinationOptions } from "./lib/transport/layout-destination.ts";
export { ociArchiveSource, ociLayoutSource } from "./lib/transport/layout-source.ts";
export type { LayoutSourceOptions } from "./lib/transport/layout-source.ts";
export { openImages } from "./lib/transport/open-images.ts";
export type { OpenedImage, OpenedImages, OpenImagesOptions } from "./lib/transport/open-images.ts";
export type {
  BlobContent,
  Document,
  ImageDestination,
  ImageSource,
} from "./lib/transport/transport.ts";

// tar: archives, to the byte
export { compress } from "./lib/tar/compress.ts";
export type { CompressOptions } from "./lib/tar/compress.ts";
export { decompress } from "./lib/tar/decompress.ts";
export type { DecompressOptions } from "./lib/tar/decompress.ts";
export type { SparseExtent, TarEntryType, TarHeader } from "./lib/tar/entry.ts";
export { defaultLimits } from "./lib/tar/limits.ts";
export type { TarLimits } from "./lib/tar/limits.ts";
export { readTar } from "./lib/tar/read-tar.ts";
export type { ReadTarOptions, TarEntry } from "./lib/tar/read-tar.ts";
export { TarParser } from "./lib/tar/reader.ts";
export type { TarEvent } from "./lib/tar/reader.ts";
export { tarEnd, tarHeader, tarPadding } from "./lib/tar/writer.ts";

// layer: packing
export { packLayer } from "./lib/layer/pack.ts";
export type { Packed, PackedLayer, PackOptions } from "./lib/layer/pack.ts";
export type { LayerChange } from "./lib/layer/pack-change.ts";

// make: images fetched, unpacked, made
export { appendLayer } from "./lib/make/append.ts";
export type { AppendOptions, NewLayer } from "./lib/make/append.ts";
export { commitImage } from "./lib/make/commit.ts";
export type { CommitOptions, MakeOptions } from "./lib/make/commit.ts";
export { editConfig, newConfig } from "./lib/make/edit-config.ts";
export type { ConfigEdits } from "./lib/make/edit-config.ts";
export { importRoot } from "./lib/make/import.ts";
export { parseChanges } from "./lib/make/parse-changes.ts";
export { fetchImage, pull, push } from "./lib/make/pull.ts";
export type { Fetched, FetchOptions } from "./lib/make/pull.ts";
export { layersIn, layersOf, readImage } from "./lib/make/stored-image.ts";
export type { ImageLayer, StoredImage, StoredImageOptions } from "./lib/make/stored-image.ts";
export { unpackFlat, unpackImage } from "./lib/make/unpack.ts";
export type { Unpacked, UnpackOptions } from "./lib/make/unpack.ts";
