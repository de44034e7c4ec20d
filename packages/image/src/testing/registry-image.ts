import { randomBytes } from "node:crypto";
import { digestOf } from "../lib/spec/digest.ts";
import { mediaTypes } from "../lib/spec/media-type.ts";
import type { Descriptor } from "../lib/spec/types.ts";
import type { BlobContent, Document, ImageDestination } from "../lib/transport/transport.ts";

/** An image in memory whose layers are no archives: registries do not look into them. */
export interface MemoryImage {
  readonly document: Document;
  readonly blobs: readonly { readonly descriptor: Descriptor; readonly bytes: Uint8Array }[];
}

/** Makes an image with layers of so many random bytes. */
export function memoryImage(sizes: readonly number[]): MemoryImage {
  const layers = sizes.map((size) => blobOf(mediaTypes.layerGzip, randomBytes(size)));
  const config = blobOf(
    mediaTypes.config,
    Buffer.from(
      JSON.stringify({
        architecture: "amd64",
        os: "linux",
        rootfs: { type: "layers", diff_ids: layers.map(({ descriptor }) => descriptor.digest) },
      }),
    ),
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: config.descriptor,
    layers: layers.map(({ descriptor }) => descriptor),
  };
  return {
    document: blobOf(mediaTypes.manifest, Buffer.from(JSON.stringify(manifest))),
    blobs: [config, ...layers],
  };
}

/** Bytes and their descriptor. */
export function blobOf(
  mediaType: string,
  bytes: Uint8Array,
): { descriptor: Descriptor; bytes: Uint8Array } {
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
}

/** Content in chunks, as sources give it. */
export function contentOf(bytes: Uint8Array, start = 0, chunk = 16_384): BlobContent {
  return {
    start,
    chunks: (async function* () {
      for (let at = start; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
    })(),
  };
}

/** All of some content. */
export async function bytesOf(content: BlobContent): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.chunks) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Pushes an image under the destination's own name. */
export async function pushImage(image: MemoryImage, destination: ImageDestination): Promise<void> {
  for (const { descriptor, bytes } of image.blobs) {
    if (await destination.has(descriptor)) continue;
    await destination.putBlob(descriptor, async (offset) => contentOf(bytes, offset));
  }
  await destination.putDocument(image.document, { named: true });
}
