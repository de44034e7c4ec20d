import { ImageError } from "../error.ts";
import { parseJson } from "./json.ts";
import { isIndexType, isManifestType, mediaTypes } from "./media-type.ts";

/**
 * The media type of a manifest or index that comes without one, as in a layout's blobs: what the
 * body calls itself, else what it looks like. Throws `X_IMAGE_MEDIA_TYPE` and `X_IMAGE_BODY`.
 */
export function sniffMediaType(bytes: Uint8Array, name: string): string {
  const body = parseJson(bytes, name);
  const fields = (typeof body === "object" ? body : null) ?? {};
  const own = "mediaType" in fields ? fields.mediaType : undefined;
  if (typeof own === "string" && (isIndexType(own) || isManifestType(own))) return own;
  if (own === undefined && "manifests" in fields) return mediaTypes.index;
  if (own === undefined && "config" in fields) return mediaTypes.manifest;
  throw new ImageError("X_IMAGE_MEDIA_TYPE", `${name} is neither a manifest nor an index`);
}
