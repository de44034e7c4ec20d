import type { Document } from "../transport/transport.ts";
import { parseIndex, parseManifest } from "./body.ts";
import { checkContent } from "./descriptor.ts";
import { isIndexType } from "./media-type.ts";
import type { ImageIndex, ImageManifest } from "./types.ts";

/** A document, read. */
export type ParsedDocument =
  | { readonly kind: "index"; readonly index: ImageIndex }
  | { readonly kind: "manifest"; readonly manifest: ImageManifest };

/**
 * Reads a manifest or an index, as its descriptor calls it, after its bytes were checked once more.
 * `name` is for errors. Throws what `parseIndex` and `parseManifest` throw.
 */
export function parseDocument(document: Document, name?: string): ParsedDocument {
  const { bytes, descriptor } = document;
  checkContent(bytes, descriptor);
  const { mediaType } = descriptor;
  const options = { mediaType, ...(name === undefined ? {} : { name }) };
  return isIndexType(mediaType)
    ? { kind: "index", index: parseIndex(bytes, options) }
    : { kind: "manifest", manifest: parseManifest(bytes, options) };
}
