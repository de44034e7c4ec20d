import { isConfigType, parseConfig } from "../spec/body.ts";
import { parseDocument } from "../spec/document.ts";
import { isIndexType, isManifestType, mediaTypes } from "../spec/media-type.ts";
import type { Digest } from "../spec/digest.ts";
import type { Descriptor, ImageManifest } from "../spec/types.ts";
import { chainIds } from "./chain-id.ts";
import type { StorePaths } from "./paths.ts";
import { blobSize, readAll } from "./read-blob.ts";

/** What a blob leads to. */
export type Links =
  /** Nothing: it is no document, or of a kind that nobody here knows. */
  | { readonly kind: "leaf" }
  | { readonly kind: "absent" }
  /** It is there and cannot be read, so that nobody knows what it leads to. */
  | { readonly kind: "unreadable"; readonly reason: unknown }
  | {
      readonly kind: "index";
      readonly manifests: readonly Descriptor[];
      readonly subject?: Descriptor;
    }
  | {
      readonly kind: "manifest";
      /** Its configuration and layers. */
      readonly parts: readonly Descriptor[];
      readonly subject?: Descriptor;
    }
  /** The chain ids of the layers of the image that it configures. */
  | { readonly kind: "config"; readonly layers: readonly Digest[] };

/** Looks into a blob, if it is of a kind that leads to others. */
export async function linksOf(paths: StorePaths, descriptor: Descriptor): Promise<Links> {
  const { mediaType, digest } = descriptor;
  const isDocument = isIndexType(mediaType) || isManifestType(mediaType);
  if (!isDocument && !isConfigType(mediaType)) return { kind: "leaf" };
  if ((await blobSize(paths, digest)) === undefined) return { kind: "absent" };
  try {
    const bytes = await readAll(paths, digest);
    if (!isDocument) {
      const { rootfs } = parseConfig(bytes, { mediaType, name: digest });
      return { kind: "config", layers: chainIds(rootfs.diff_ids) };
    }
    const parsed = parseDocument({ descriptor, bytes }, digest);
    if (parsed.kind === "manifest") return partsOf(parsed.manifest);
    const { manifests, subject } = parsed.index;
    return { kind: "index", manifests, ...(subject === undefined ? {} : { subject }) };
  } catch (reason) {
    return { kind: "unreadable", reason };
  }
}

/** A blob as a manifest or an index, if it is there and can be read as one. */
export async function asDocument(
  paths: StorePaths,
  digest: Digest,
): Promise<Descriptor | undefined> {
  const bytes = await readAll(paths, digest).catch(() => undefined);
  if (bytes?.[0] !== 0x7b) return undefined;
  for (const mediaType of typesIn(bytes)) {
    const descriptor = { mediaType, digest, size: bytes.length };
    const { kind } = await linksOf(paths, descriptor);
    if (kind === "index" || kind === "manifest") return descriptor;
  }
  return undefined;
}

/** What it calls itself, or all that it may be where it does not say. */
function typesIn(bytes: Uint8Array): string[] {
  try {
    const { mediaType } = JSON.parse(Buffer.from(bytes).toString()) as { mediaType?: unknown };
    if (typeof mediaType === "string") return [mediaType];
    return mediaType === undefined ? [mediaTypes.manifest, mediaTypes.index] : [];
  } catch {
    return [];
  }
}

function partsOf({ config, layers, subject }: ImageManifest): Links {
  const parts = [config, ...layers];
  return { kind: "manifest", parts, ...(subject === undefined ? {} : { subject }) };
}
