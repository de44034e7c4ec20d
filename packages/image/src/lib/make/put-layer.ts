import { createHash, randomUUID } from "node:crypto";
import { open, unlink, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { Packed, PackedLayer } from "../layer/pack.ts";
import { digestOfHash, type Digest } from "../spec/digest.ts";
import { mediaTypes, type Compression } from "../spec/media-type.ts";
import type { Descriptor } from "../spec/types.ts";
import type { Store } from "../store/store.ts";
import { decompress } from "../tar/decompress.ts";
import { TarParser } from "../tar/reader.ts";
import { onDisk } from "../transport/file-error.ts";
import { pieces } from "../transport/files.ts";
import type { NewLayer } from "./append.ts";

const layerTypes = {
  none: mediaTypes.layer,
  gzip: mediaTypes.layerGzip,
  zstd: mediaTypes.layerZstd,
} as const;

/**
 * Packs a layer into the store; undefined if there is nothing in it. Its digest is known only in
 * the end, so a file without a name holds it until then.
 */
export async function putPackedLayer(
  store: Store,
  { chunks, packed }: PackedLayer,
  compression: Compression,
  signal?: AbortSignal,
): Promise<NewLayer | undefined> {
  const file = await openNameless(store);
  try {
    for await (const chunk of chunks) await onDisk("write", store.path, file.appendFile(chunk));
    const { digest, size, diffId, entries }: Packed = await packed;
    const descriptor: Descriptor = { mediaType: layerTypes[compression], digest, size };
    if (entries === 0) return undefined;
    await putFile(store, descriptor, file, signal);
    return { descriptor, diffId };
  } finally {
    await file.close();
  }
}

/**
 * Takes in the archive of a whole root as a layer, byte for byte as it is. Rejects with
 * `X_IMAGE_ARCHIVE` and `X_IMAGE_LIMIT` for what is none.
 */
export async function putArchive(
  store: Store,
  path: string,
  compression: Compression,
  signal?: AbortSignal,
): Promise<NewLayer> {
  const file = await onDisk("read", path, open(path, "r"));
  try {
    const { size } = await file.stat();
    const [packed, plain] = [createHash("sha256"), createHash("sha256")];
    async function* read(): AsyncGenerator<Uint8Array> {
      for await (const chunk of pieces(file, 0, size)) {
        signal?.throwIfAborted();
        packed.update(chunk);
        yield chunk;
      }
    }
    const parser = new TarParser();
    for await (const chunk of decompress(read(), compression)) {
      plain.update(chunk);
      parser.push(chunk);
    }
    parser.end();
    const digest: Digest = digestOfHash(packed);
    const descriptor: Descriptor = { mediaType: layerTypes[compression], digest, size };
    await putFile(store, descriptor, file, signal);
    return { descriptor, diffId: digestOfHash(plain) };
  } finally {
    await file.close();
  }
}

async function putFile(
  store: Store,
  descriptor: Descriptor,
  file: FileHandle,
  signal: AbortSignal | undefined,
): Promise<void> {
  const from = (start: number) =>
    Promise.resolve({ start, chunks: pieces(file, start, descriptor.size) });
  await store.putBlob(descriptor, from, signal && { signal });
}

/** Gone with the process that has it open, however that ends. */
async function openNameless(store: Store): Promise<FileHandle> {
  const path = join(store.path, "incoming", `${randomUUID()}.tmp`);
  const file = await onDisk("write", store.path, open(path, "wx+", 0o600));
  await unlink(path);
  return file;
}
