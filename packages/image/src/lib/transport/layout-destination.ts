import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseIndex } from "../spec/body.ts";
import { checkContent } from "../spec/descriptor.ts";
import { maxBodyBytes } from "../spec/json.ts";
import { mediaTypes } from "../spec/media-type.ts";
import type { Descriptor, ImageIndex } from "../spec/types.ts";
import { syncDirectory } from "../store/durable.ts";
import { once, verified } from "./chunks.ts";
import { onDisk } from "./file-error.ts";
import { filesOfDirectory } from "./files.ts";
import { blobName, refNameAnnotation } from "./layout-source.ts";
import type { ImageDestination } from "./transport.ts";

/** Which name the image gets. */
export interface LayoutDestinationOptions {
  readonly ref?: string;
}

/**
 * An OCI layout in a directory, begun where there is none. Files get their names once they are
 * whole. An image of the same name gives way. Source: OCI image-layout.md.
 */
export async function ociLayoutDestination(
  path: string,
  { ref }: LayoutDestinationOptions = {},
): Promise<ImageDestination> {
  for (const folder of ["", "blobs", "blobs/sha256", "blobs/sha512"]) {
    await onDisk("write", path, mkdirIfAbsent(join(path, folder)));
  }
  const files = filesOfDirectory(path);
  if ((await files.size("oci-layout")) === undefined) {
    await writeWhole(path, "oci-layout", once(JSON.stringify({ imageLayoutVersion: "1.0.0" })));
  }
  return {
    name: ref === undefined ? `oci:${path}` : `oci:${path}:${ref}`,
    has: async ({ digest, size }) => (await files.size(blobName(digest))) === size,
    async putBlob(descriptor, openBlob, options) {
      const { chunks } = await openBlob(0);
      const content = verified(chunks, descriptor, options);
      await writeWhole(path, blobName(descriptor.digest), content);
    },
    async putDocument({ bytes, descriptor }, { named = false } = {}) {
      checkContent(bytes, descriptor);
      await writeWhole(path, blobName(descriptor.digest), once(bytes));
      if (!named) return;
      const index = (await files.size("index.json"))
        ? parseIndex(await files.read("index.json", maxBodyBytes), { mediaType: mediaTypes.index })
        : emptyIndex;
      await writeWhole(path, "index.json", once(JSON.stringify(withEntry(index, descriptor, ref))));
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** An index without images. */
export const emptyIndex: ImageIndex = {
  schemaVersion: 2,
  mediaType: mediaTypes.index,
  manifests: [],
};

/** The index with one more image; what had its name, or is the same without one, gives way. */
export function withEntry(
  index: ImageIndex,
  descriptor: Descriptor,
  ref: string | undefined,
  annotations: Readonly<Record<string, string>> = {},
): ImageIndex {
  const isOther = (entry: Descriptor): boolean => {
    const name = entry.annotations?.[refNameAnnotation];
    return name === undefined ? entry.digest !== descriptor.digest : name !== ref;
  };
  const { mediaType, digest, size } = descriptor;
  const notes = { ...(ref !== undefined && { [refNameAnnotation]: ref }), ...annotations };
  const entry = {
    mediaType,
    digest,
    size,
    ...(Object.keys(notes).length > 0 && { annotations: notes }),
  };
  return { ...index, manifests: [...index.manifests.filter(isOther), entry] };
}

/** Node's own recursion does not end where the kernel makes no directories: below /proc. */
async function mkdirIfAbsent(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** Writes under another name first: a file is whole or not there. */
async function writeWhole(
  root: string,
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  const target = join(root, name);
  const partial = join(root, `.incoming-${randomBytes(8).toString("hex")}`);
  try {
    const file = await onDisk("write", root, open(partial, "wx", 0o644));
    try {
      for await (const chunk of chunks) await onDisk("write", root, file.appendFile(chunk));
      await onDisk("write", root, file.sync());
    } finally {
      await file.close();
    }
    await onDisk("write", root, rename(partial, target));
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await syncDirectory(dirname(target));
}
