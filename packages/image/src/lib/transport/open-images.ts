import { mkdtemp, open, rm, stat, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ImageError } from "../error.ts";
import { maxBodyBytes } from "../spec/json.ts";
import { decompress } from "../tar/decompress.ts";
import { membersOf } from "./archive-files.ts";
import { dockerArchiveSource } from "./docker-archive.ts";
import { parseDockerManifest } from "./docker-manifest.ts";
import { onDisk } from "./file-error.ts";
import { filesOfDirectory, pieces, readAt, type Files } from "./files.ts";
import {
  imageNameAnnotation,
  layoutSource,
  readLayout,
  refNameAnnotation,
} from "./layout-source.ts";
import { compressionOfBytes, magicBytes } from "./magic.ts";
import type { ImageSource } from "./transport.ts";

/** An image that a file or directory holds. */
export interface OpenedImage {
  /** What it is called there: whole names in docker's archives, any text in an OCI layout's. */
  readonly names: readonly string[];
  /** Good until the whole is disposed of. */
  readonly source: ImageSource;
}

/** What a file or directory holds. */
export interface OpenedImages extends AsyncDisposable {
  /** `root` is a plain tree of files, which no image describes. */
  readonly kind: "oci" | "docker" | "root";
  readonly images: readonly OpenedImage[];
}

/** How {@link openImages} opens. */
export interface OpenImagesOptions {
  readonly signal?: AbortSignal;
  /** Where a compressed archive is unpacked to; a folder of its own in the temporary one if not told. */
  readonly temporary?: string;
}

/**
 * Opens a file or directory whatever it is: an OCI layout, a docker archive, either in a tar, also
 * a compressed one. Archives are read where they lie. Rejects with `X_IMAGE_NOT_FOUND`,
 * `X_IMAGE_ARCHIVE`, `X_IMAGE_BODY`.
 */
export async function openImages(
  path: string,
  options: OpenImagesOptions = {},
): Promise<OpenedImages> {
  const found = await onDisk("read", path, stat(path));
  const files = found.isDirectory()
    ? filesOfDirectory(path)
    : await membersOf(await openPlain(path, options), path);
  try {
    return {
      ...(await imagesOf(files)),
      [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
    };
  } catch (error) {
    await files[Symbol.asyncDispose]();
    throw error;
  }
}

async function imagesOf(files: Files): Promise<Pick<OpenedImages, "kind" | "images">> {
  if ((await files.size("oci-layout")) !== undefined) {
    return { kind: "oci", images: await layoutImages(files) };
  }
  if ((await files.size("manifest.json")) !== undefined) {
    const bytes = await files.read("manifest.json", maxBodyBytes);
    const found = parseDockerManifest(bytes, `manifest.json in ${files.place}`);
    const images: OpenedImage[] = [];
    for (const image of found) {
      const source = await dockerArchiveSource(files, image);
      images.push({ names: image.RepoTags ?? [], source });
    }
    return { kind: "docker", images };
  }
  if ((await files.size("repositories")) !== undefined) {
    throw new ImageError("X_IMAGE_ARCHIVE", `${files.place} was saved by a docker before 1.10`, {
      hint: "It has no manifest.json; load and save it once with a newer docker",
    });
  }
  return { kind: "root", images: [] };
}

/** The images of a layout; one that has several names is one. */
async function layoutImages(files: Files): Promise<OpenedImage[]> {
  const { manifests } = await readLayout(files);
  const images = new Map<string, { names: string[]; source: ImageSource }>();
  for (const entry of manifests) {
    const { annotations, digest } = entry;
    const name = annotations?.[imageNameAnnotation] ?? annotations?.[refNameAnnotation];
    const shared = { ...layoutSource(files, entry, `oci:${files.place}:${name ?? digest}`) };
    const source = { ...shared, [Symbol.asyncDispose]: async () => {} };
    const image = images.get(digest) ?? { names: [], source };
    if (name !== undefined) image.names.push(name);
    images.set(digest, image);
  }
  return [...images.values()];
}

/** The file; of a compressed one what it holds, in a file that has no name any more. */
async function openPlain(path: string, options: OpenImagesOptions): Promise<FileHandle> {
  const file = await onDisk("read", path, open(path, "r"));
  let isPlain = false;
  try {
    const compression = compressionOfBytes(await readAt(file, 0, magicBytes));
    isPlain = compression === "none";
    if (isPlain) return file;
    const { size } = await file.stat();
    return await unpacked(decompress(pieces(file, 0, size), compression), options);
  } finally {
    if (!isPlain) await file.close();
  }
}

async function unpacked(
  chunks: AsyncIterable<Uint8Array>,
  { signal, temporary = tmpdir() }: OpenImagesOptions,
): Promise<FileHandle> {
  const folder = await onDisk("write", temporary, mkdtemp(join(temporary, "x-load-")));
  try {
    const plain = await open(join(folder, "archive.tar"), "wx+", 0o600);
    try {
      for await (const chunk of chunks) {
        signal?.throwIfAborted();
        await onDisk("write", temporary, plain.appendFile(chunk));
      }
      return plain;
    } catch (error) {
      await plain.close();
      throw error;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
