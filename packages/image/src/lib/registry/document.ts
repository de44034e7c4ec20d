import { createHash } from "node:crypto";
import { ImageError } from "../error.ts";
import { algorithmOf, parseDigest, type Digest } from "../spec/digest.ts";
import { isIndexType, isManifestType, mediaTypes } from "../spec/media-type.ts";
import type { Document } from "../transport/transport.ts";
import { clean } from "./answer-text.ts";

/** The largest manifest or index that is taken, in bytes; what containers/image takes, too. */
export const documentLimit: number = 4 * 1024 * 1024;

/** What a client says it can read: manifests and indexes, of OCI and of docker's schema 2. */
export const acceptDocuments: string = [
  mediaTypes.index,
  mediaTypes.manifest,
  mediaTypes.dockerManifestList,
  mediaTypes.dockerManifest,
].join(", ");

/** A manifest or index as it came. */
export interface ReceivedDocument {
  /** Of the image, for errors. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** `Content-Type` and `Docker-Content-Digest`. */
  readonly contentType: string | null;
  readonly contentDigest: string | null;
  /** The digest that was asked for, if it was one. */
  readonly asked?: Digest | undefined;
}

/**
 * A document whose bytes are what was asked for, and what the registry says they are. Throws
 * `X_IMAGE_DIGEST` and `X_IMAGE_MEDIA_TYPE`. Source: OCI distribution-spec "Pulling manifests".
 */
export function checkDocument(received: ReceivedDocument): Document {
  const { name, bytes, contentDigest, asked } = received;
  const announced =
    contentDigest === null ? undefined : parseDigest(contentDigest, "Docker-Content-Digest");
  const digest = asked ?? announced ?? digestIn("sha256", bytes);
  for (const [wanted, who] of [
    [asked, "was asked for"],
    [announced, "the registry announced"],
  ] as const) {
    if (wanted === undefined) continue;
    const is = digestIn(algorithmOf(wanted), bytes);
    if (is === wanted) continue;
    throw new ImageError("X_IMAGE_DIGEST", `${name}: ${wanted} ${who}, what came is ${is}`, {
      hint: "It was damaged or exchanged on its way, or the registry's storage is damaged. Nothing was kept",
    });
  }
  const mediaType = (received.contentType ?? "").split(";", 1)[0]!.trim().toLowerCase();
  if (isIndexType(mediaType) || isManifestType(mediaType)) {
    return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
  }
  const old = mediaType.startsWith("application/vnd.docker.distribution.manifest.v1");
  throw new ImageError(
    "X_IMAGE_MEDIA_TYPE",
    old
      ? `${name} is in docker's schema 1, which nobody writes any more`
      : `${name}: the registry answered with ${JSON.stringify(clean(mediaType))}, which is neither a manifest nor an index`,
    {
      hint: old
        ? "Push it again with a docker of 2017 or newer"
        : "Is it a registry, or does something else answer in its place?",
    },
  );
}

function digestIn(algorithm: "sha256" | "sha512", bytes: Uint8Array): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}
