import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeTree } from "../lib/layer/remove-tree.ts";
import { openStore, type Store } from "../lib/store/store.ts";
import { digestOf } from "../lib/spec/digest.ts";
import { mediaTypes } from "../lib/spec/media-type.ts";
import type { Descriptor } from "../lib/spec/types.ts";
import type { BlobContent } from "../lib/transport/transport.ts";

/** A store of its own for one test, and a folder beside it. */
export interface TemporaryStore extends AsyncDisposable {
  readonly store: Store;
  readonly folder: string;
}

/** Makes a store in the temporary folder, which goes with it. */
export async function temporaryStore(): Promise<TemporaryStore> {
  const folder = await mkdtemp(join(tmpdir(), "x-store-"));
  const store = await openStore({ path: join(folder, "store") });
  return { store, folder, [Symbol.asyncDispose]: () => removeTree(folder) };
}

/** Content and how it is known. */
export interface Blob {
  readonly bytes: Uint8Array;
  readonly descriptor: Descriptor;
}

/** A blob with this content. */
export function blobOf(content: string | Uint8Array, mediaType: string = mediaTypes.layer): Blob {
  const bytes = Buffer.from(content);
  return { bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } };
}

/** A blob of JSON. */
export function jsonBlob(value: unknown, mediaType: string): Blob {
  return blobOf(JSON.stringify(value), mediaType);
}

/** Gives the bytes from an offset on, in chunks, as a source would. */
export function opened(bytes: Uint8Array, chunk = 65_536) {
  return async (offset: number): Promise<BlobContent> => ({
    start: offset,
    chunks: inChunks(bytes.subarray(offset), chunk),
  });
}

async function* inChunks(bytes: Uint8Array, chunk: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
}

/** Puts blobs. */
export async function put(store: Store, ...blobs: readonly Blob[]): Promise<void> {
  for (const { descriptor, bytes } of blobs) await store.putBlob(descriptor, opened(bytes));
}

/** An image's parts. */
export interface TestImage {
  readonly manifest: Blob;
  readonly config: Blob;
  readonly layers: readonly Blob[];
}

/** An image with layers of this content, which need be no archives. */
export function imageOf(...contents: readonly string[]): TestImage {
  const layers = contents.map((content) => blobOf(content));
  const config = jsonBlob(
    {
      architecture: "amd64",
      os: "linux",
      rootfs: { type: "layers", diff_ids: layers.map(({ descriptor }) => descriptor.digest) },
    },
    mediaTypes.config,
  );
  const manifest = jsonBlob(
    {
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: config.descriptor,
      layers: layers.map(({ descriptor }) => descriptor),
    },
    mediaTypes.manifest,
  );
  return { manifest, config, layers };
}

/** Puts an image and gives it a name. */
export async function putImage(store: Store, name: string, image: TestImage): Promise<void> {
  await put(store, ...image.layers, image.config, image.manifest);
  await store.tag(name, image.manifest.descriptor);
}
