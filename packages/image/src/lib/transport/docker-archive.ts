import { createHash } from "node:crypto";
import { ImageError } from "../error.ts";
import { parseConfig } from "../spec/body.ts";
import { digestOf, digestOfHash, type Digest } from "../spec/digest.ts";
import { maxBodyBytes } from "../spec/json.ts";
import { mediaTypes } from "../spec/media-type.ts";
import type { Descriptor, ImageManifest } from "../spec/types.ts";
import type { DockerManifest } from "./docker-manifest.ts";
import type { Files } from "./files.ts";
import { compressionOfBytes, magicBytes } from "./magic.ts";
import type { Document, ImageSource } from "./transport.ts";

const layerTypes = {
  none: mediaTypes.layer,
  gzip: mediaTypes.layerGzip,
  zstd: mediaTypes.layerZstd,
} as const;

/**
 * An image of a docker archive, for which a manifest is made up: a layer that is not compressed is
 * known by its diff id, as it is, the others by what they are. Rejects with `X_IMAGE_BODY`,
 * `X_IMAGE_ARCHIVE`. The files are not closed with it.
 */
export async function dockerArchiveSource(
  files: Files,
  image: DockerManifest,
): Promise<ImageSource> {
  const configBytes = await files.read(image.Config, maxBodyBytes);
  const name = `docker-archive:${files.place}`;
  const config = parseConfig(configBytes, {
    mediaType: mediaTypes.config,
    name: `${image.Config} in ${files.place}`,
  });
  const ids = config.rootfs.diff_ids;
  if (ids.length !== image.Layers.length) {
    const message = `${image.Config} speaks of ${ids.length} layers, manifest.json of ${image.Layers.length}`;
    throw new ImageError("X_IMAGE_BODY", message, { field: "Layers" });
  }
  const places = new Map<Digest, string>();
  const layers: Descriptor[] = [];
  for (const [index, place] of image.Layers.entries()) {
    const layer = await describeLayer(files, place, ids[index]!);
    places.set(layer.digest, place);
    layers.push(layer);
  }
  const configDigest = digestOf(configBytes);
  places.set(configDigest, image.Config);
  const document = documentOf({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: { mediaType: mediaTypes.config, digest: configDigest, size: configBytes.length },
    layers,
  });
  return {
    name,
    async document(digest = document.descriptor.digest) {
      if (digest === document.descriptor.digest) return document;
      throw new ImageError("X_IMAGE_NOT_FOUND", `${name} has no ${digest}`);
    },
    async blob({ digest }, { offset = 0 } = {}) {
      const place = places.get(digest);
      if (place !== undefined) return { start: offset, chunks: await files.stream(place, offset) };
      throw new ImageError("X_IMAGE_NOT_FOUND", `${name} has no ${digest}`);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

async function describeLayer(files: Files, place: string, diffId: Digest): Promise<Descriptor> {
  const size = await files.size(place);
  if (size === undefined) {
    throw new ImageError("X_IMAGE_ARCHIVE", `${files.place} has no such file`, { field: place });
  }
  let head = Buffer.alloc(0);
  for await (const chunk of await files.stream(place, 0)) {
    head = Buffer.concat([head, chunk]);
    if (head.length >= magicBytes) break;
  }
  const compression = compressionOfBytes(head);
  const mediaType = layerTypes[compression];
  if (compression === "none") return { mediaType, digest: diffId, size };
  const hash = createHash("sha256");
  for await (const chunk of await files.stream(place, 0)) hash.update(chunk);
  return { mediaType, digest: digestOfHash(hash), size };
}

function documentOf(manifest: ImageManifest): Document {
  const bytes = Buffer.from(JSON.stringify(manifest));
  const { manifest: mediaType } = mediaTypes;
  return { bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } };
}
