/**
 * @packageDocumentation
 */
export { ImageError } from "./lib/error.ts";

// Registries: names of images, pulling from and pushing to where they are kept.
export {
  formatReference,
  parseReference,
  parseRegistry,
  type Reference,
} from "./lib/registry/reference.ts";

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
