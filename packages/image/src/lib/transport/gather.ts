import { ImageError } from "../error.ts";
import { parseDocument } from "../spec/document.ts";
import { isManifestType } from "../spec/media-type.ts";
import { currentPlatform, selectPlatform } from "../spec/platform.ts";
import type { Descriptor, ImageIndex, ImageManifest, Platform } from "../spec/types.ts";
import type { Document, ImageSource } from "./transport.ts";

/** How many indexes may lie within each other. */
const maxNesting = 4;

/** One image of a source: its manifest, as bytes and read. */
export interface FoundImage {
  readonly document: Document;
  readonly manifest: ImageManifest;
}

/** What of a source is to be copied. */
export interface Gathered {
  /** What gets the destination's name: a manifest, or an index that is copied whole. */
  readonly named: Document;
  /** All manifests and indexes, each after what it refers to; the named one is the last. */
  readonly documents: readonly Document[];
  readonly images: readonly FoundImage[];
  /** Whether the source is one image, not an index that one was chosen from. */
  readonly isSingle: boolean;
}

/** What {@link gather} wants to know. */
export interface GatherOptions {
  readonly platform?: Platform;
  readonly all?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Reads the documents of what a source names: of an index, the one image for the platform, or all
 * with `all`. Rejects with what the source and the parsers say, `X_IMAGE_PLATFORM`, and
 * `X_IMAGE_LIMIT` for indexes that go too deep.
 */
export async function gather(source: ImageSource, options: GatherOptions = {}): Promise<Gathered> {
  const { signal } = options;
  const documents = new Map<string, Document>();
  const images: FoundImage[] = [];
  const visit = async (document: Document, depth: number): Promise<Document> => {
    const parsed = parseDocument(document, `${source.name}`);
    if (parsed.kind === "manifest") {
      if (!documents.has(document.descriptor.digest)) {
        images.push({ document, manifest: parsed.manifest });
      }
      documents.set(document.descriptor.digest, document);
      return document;
    }
    if (depth >= maxNesting) {
      const message = `${source.name} is an index of indexes, more than ${maxNesting} deep`;
      throw new ImageError("X_IMAGE_LIMIT", message);
    }
    const entries = wantedOf(parsed.index, options);
    let child = document;
    for (const entry of entries) {
      if (options.all === true && documents.has(entry.digest)) continue;
      child = await visit(await documentOf(source, entry, signal), depth + 1);
    }
    if (options.all !== true) return child;
    documents.set(document.descriptor.digest, document);
    return document;
  };
  const root = await source.document(undefined, signal && { signal });
  const named = await visit(root, 0);
  const isSingle = isManifestType(root.descriptor.mediaType);
  return { named, documents: [...documents.values()], images, isSingle };
}

function wantedOf(index: ImageIndex, options: GatherOptions): readonly Descriptor[] {
  if (options.all === true) return index.manifests;
  return [selectPlatform(index, options.platform ?? currentPlatform())];
}

/** The document of an index's entry, which must be what the entry announces. */
async function documentOf(
  source: ImageSource,
  entry: Descriptor,
  signal: AbortSignal | undefined,
): Promise<Document> {
  const { bytes, descriptor } = await source.document(entry.digest, signal && { signal });
  if (descriptor.mediaType !== entry.mediaType) {
    const message = `${entry.digest} is ${descriptor.mediaType}, its index says ${entry.mediaType}`;
    throw new ImageError("X_IMAGE_MEDIA_TYPE", message);
  }
  return { bytes, descriptor: { ...descriptor, size: entry.size, digest: entry.digest } };
}
