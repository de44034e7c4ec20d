import { ImageError } from "../error.ts";
import { parseIndex } from "../spec/body.ts";
import { checkContent } from "../spec/descriptor.ts";
import { encodedOf, algorithmOf, type Digest } from "../spec/digest.ts";
import { maxBodyBytes, parseJson } from "../spec/json.ts";
import { isIndexType, isManifestType, mediaTypes } from "../spec/media-type.ts";
import { sniffMediaType } from "../spec/sniff.ts";
import type { Descriptor, ImageIndex } from "../spec/types.ts";
import { filesOfArchive } from "./archive-files.ts";
import { filesOfDirectory, type Files } from "./files.ts";
import type { Document, ImageSource } from "./transport.ts";

/** The annotation that names an image in a layout's index. Source: OCI annotations.md. */
export const refNameAnnotation = "org.opencontainers.image.ref.name";

/** The annotation in which docker and containerd keep the whole name. */
export const imageNameAnnotation = "io.containerd.image.name";

/** Which of a layout's images. */
export interface LayoutSourceOptions {
  /** As its index has it; may be left out where there is but one. */
  readonly ref?: string;
}

/**
 * An image of an OCI layout in a directory. Rejects with `X_IMAGE_NOT_FOUND` (the hint says which
 * images there are), `X_IMAGE_BODY`. Source: OCI image-layout.md.
 */
export function ociLayoutSource(
  path: string,
  { ref }: LayoutSourceOptions = {},
): Promise<ImageSource> {
  return sourceOf(filesOfDirectory(path), ref, "oci");
}

/** An image of an OCI layout in a tar archive that is not compressed, read where it lies. */
export async function ociArchiveSource(
  path: string,
  { ref }: LayoutSourceOptions = {},
): Promise<ImageSource> {
  return sourceOf(await filesOfArchive(path), ref, "oci-archive");
}

async function sourceOf(files: Files, ref: string | undefined, kind: string): Promise<ImageSource> {
  try {
    const index = await readLayout(files);
    return layoutSource(files, entryOf(index, ref, files.place), nameOf(kind, files, ref));
  } catch (error) {
    await files[Symbol.asyncDispose]();
    throw error;
  }
}

function nameOf(kind: string, { place }: Files, ref: string | undefined): string {
  return ref === undefined ? `${kind}:${place}` : `${kind}:${place}:${ref}`;
}

/** The index of a layout, after its version was looked at. */
export async function readLayout(files: Files): Promise<ImageIndex> {
  const name = `${files.place}/oci-layout`;
  const version = parseJson(await files.read("oci-layout", maxBodyBytes), name);
  const fields = (typeof version === "object" ? version : null) ?? {};
  const found = "imageLayoutVersion" in fields ? fields.imageLayoutVersion : undefined;
  if (typeof found !== "string" || !found.startsWith("1.")) {
    const message = `${JSON.stringify(found)} is no version of an OCI layout that is known`;
    throw new ImageError("X_IMAGE_BODY", message, { field: "imageLayoutVersion" });
  }
  const bytes = await files.read("index.json", maxBodyBytes);
  return parseIndex(bytes, { mediaType: mediaTypes.index, name: `${files.place}/index.json` });
}

/** A source for one entry of a layout's index; closing it closes the files. */
export function layoutSource(files: Files, entry: Descriptor, name: string): ImageSource {
  const document = async (digest: Digest = entry.digest): Promise<Document> => {
    const bytes = await files.read(blobName(digest), maxBodyBytes);
    const isEntry = digest === entry.digest;
    const mediaType = isEntry ? documentTypeOf(entry, bytes) : sniffMediaType(bytes, digest);
    const size = isEntry ? entry.size : bytes.length;
    const descriptor = { mediaType, digest, size };
    checkContent(bytes, descriptor);
    return { descriptor, bytes };
  };
  return {
    name,
    document,
    blob: async ({ digest }, { offset = 0 } = {}) => {
      const chunks = await files.stream(blobName(digest), offset);
      return { start: offset, chunks };
    },
    [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
  };
}

/** Where a layout keeps a blob. */
export function blobName(digest: Digest): string {
  return `blobs/${algorithmOf(digest)}/${encodedOf(digest)}`;
}

function documentTypeOf({ mediaType, digest }: Descriptor, bytes: Uint8Array): string {
  if (isIndexType(mediaType) || isManifestType(mediaType)) return mediaType;
  return sniffMediaType(bytes, digest);
}

function entryOf({ manifests }: ImageIndex, ref: string | undefined, place: string): Descriptor {
  const [only] = manifests;
  if (ref === undefined && only !== undefined && manifests.length === 1) return only;
  const found = manifests.find(({ annotations }) => {
    const names = [annotations?.[refNameAnnotation], annotations?.[imageNameAnnotation]];
    return ref !== undefined && names.includes(ref);
  });
  if (found !== undefined) return found;
  const names = manifests.flatMap((entry) => entry.annotations?.[refNameAnnotation] ?? []);
  const message =
    ref === undefined ? `${place} has ${manifests.length} images` : `${place} has no ${ref}`;
  throw new ImageError("X_IMAGE_NOT_FOUND", message, {
    hint: names.length === 0 ? "None of its images has a name" : `It has ${names.join(", ")}`,
  });
}
