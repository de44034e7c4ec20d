import { parseManifest, isConfigType } from "../spec/body.ts";
import { checkContent } from "../spec/descriptor.ts";
import { isManifestType } from "../spec/media-type.ts";
import type { ImageIndex, ImageManifest } from "../spec/types.ts";
import { writeArchive, type ArchiveWriter } from "./archive-writer.ts";
import { once, verified } from "./chunks.ts";
import type { DockerManifest } from "./docker-manifest.ts";
import { emptyIndex, withEntry } from "./layout-destination.ts";
import { blobName, imageNameAnnotation } from "./layout-source.ts";
import type { Document, ImageDestination } from "./transport.ts";

/** What kind of archive is written. */
export interface ArchiveOptions {
  /** `docker` adds to the layout what `docker load` and `podman load` read. */
  readonly format: "oci" | "docker";
}

/** An archive for one image or several. */
export interface ImageArchive extends AsyncDisposable {
  /**
   * Where to copy an image that gets these names. In a docker archive they are whole names, as
   * `docker.io/library/busybox:latest`.
   */
  destination(names: readonly string[]): ImageDestination;
  /** Writes what ties the images together; only now the file is there. */
  finish(): Promise<void>;
}

/**
 * Begins an archive of images: an OCI layout in a tar and, as docker itself writes it since
 * version 25, what older tools read beside it. Blobs stay as they are, so digests do. Disposing of
 * it before it is finished leaves nothing behind.
 */
export async function createImageArchive(
  path: string,
  { format }: ArchiveOptions,
): Promise<ImageArchive> {
  const writer = await writeArchive(path);
  const manifests = new Map<string, ImageManifest>();
  const docker: DockerManifest[] = [];
  let index = emptyIndex;
  const name = (document: Document, names: readonly string[]): void => {
    index = withNames(index, document, names, format);
    const manifest = manifests.get(document.descriptor.digest) ?? [...manifests.values()].at(-1);
    if (manifest !== undefined) docker.push(dockerManifestOf(manifest, names));
  };
  return {
    destination: (names) => ({
      name: `${format}-archive:${path}`,
      has: ({ digest }) => Promise.resolve(writer.has(blobName(digest))),
      async putBlob(descriptor, openBlob, options) {
        if (writer.has(blobName(descriptor.digest))) return;
        const { chunks } = await openBlob(0);
        const content = verified(chunks, descriptor, options);
        await writer.add(blobName(descriptor.digest), descriptor.size, content);
      },
      async putDocument(document, { named = false } = {}) {
        const { bytes, descriptor } = document;
        checkContent(bytes, descriptor);
        await addOnce(writer, blobName(descriptor.digest), bytes);
        if (isManifestType(descriptor.mediaType)) {
          const manifest = parseManifest(bytes, { mediaType: descriptor.mediaType });
          if (isConfigType(manifest.config.mediaType)) manifests.set(descriptor.digest, manifest);
        }
        if (named) name(document, names);
      },
      [Symbol.asyncDispose]: async () => {},
    }),
    async finish() {
      await addOnce(writer, "oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" }));
      await addOnce(writer, "index.json", JSON.stringify(index));
      if (format === "docker") await addOnce(writer, "manifest.json", JSON.stringify(docker));
      await writer.finish();
    },
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  };
}

/** An archive for one image, finished as soon as that is in. */
export async function archiveDestination(
  path: string,
  options: ArchiveOptions & { readonly names?: readonly string[] },
): Promise<ImageDestination> {
  const archive = await createImageArchive(path, options);
  const destination = archive.destination(options.names ?? []);
  return {
    ...destination,
    async putDocument(document, putOptions) {
      await destination.putDocument(document, putOptions);
      if (putOptions?.named === true) await archive.finish();
    },
    [Symbol.asyncDispose]: () => archive[Symbol.asyncDispose](),
  };
}

function withNames(
  index: ImageIndex,
  { descriptor }: Document,
  names: readonly string[],
  format: "oci" | "docker",
): ImageIndex {
  if (names.length === 0) return withEntry(index, descriptor, undefined);
  return names.reduce((all, name) => {
    const whole = format === "docker" ? { [imageNameAnnotation]: name } : {};
    return withEntry(all, descriptor, name, whole);
  }, index);
}

function dockerManifestOf(manifest: ImageManifest, names: readonly string[]): DockerManifest {
  return {
    Config: blobName(manifest.config.digest),
    RepoTags: names,
    Layers: manifest.layers.map(({ digest }) => blobName(digest)),
  };
}

async function addOnce(
  writer: ArchiveWriter,
  name: string,
  content: string | Uint8Array,
): Promise<void> {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  if (!writer.has(name)) await writer.add(name, bytes.length, once(bytes));
}
