import { open, stat } from "node:fs/promises";
import type { Compression } from "../spec/media-type.ts";
import type { Store } from "../store/store.ts";
import { onDisk } from "../transport/file-error.ts";
import { readAt } from "../transport/files.ts";
import { compressionOfBytes, magicBytes } from "../transport/magic.ts";
import { addToImage, commitImage, withWholeName, type MakeOptions } from "./commit.ts";
import { putArchive } from "./put-layer.ts";
import type { StoredImage } from "./stored-image.ts";

/**
 * Makes an image of one layer out of a root: a directory, or its archive, plain or compressed, whose
 * bytes become the layer as they are. Rejects with `X_IMAGE_NOT_FOUND`, `X_IMAGE_ARCHIVE`, and what
 * `commitImage` throws.
 */
export async function importRoot(
  store: Store,
  path: string,
  options: MakeOptions = {},
): Promise<StoredImage> {
  const { signal } = options;
  const told = withWholeName({ createdBy: "x import", ...options });
  const found = await onDisk("read", path, stat(path));
  if (found.isDirectory()) return commitImage(store, { ...told, root: path });
  await using _use = await store.use(signal && { signal });
  const layer = await putArchive(store, path, await compressionOfFile(path), signal);
  return await addToImage(store, undefined, layer, told);
}

async function compressionOfFile(path: string): Promise<Compression> {
  const file = await onDisk("read", path, open(path, "r"));
  try {
    return compressionOfBytes(await readAt(file, 0, magicBytes));
  } finally {
    await file.close();
  }
}
