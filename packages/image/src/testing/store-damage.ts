import { appendFile, chmod, mkdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chainIds } from "../lib/store/chain-id.ts";
import type { FindingKind } from "../lib/store/check/finding.ts";
import type { Store } from "../lib/store/store.ts";
import type { Digest } from "../lib/spec/digest.ts";
import { mediaTypes } from "../lib/spec/media-type.ts";
import { imageOf, jsonBlob, put, putImage, type Blob, type TestImage } from "./store-content.ts";

/** The name of the image that is in the store. */
export const name = "localhost/a:1";
/** What it stands for. */
export const image: TestImage = imageOf("one", "two");
/** The chain ids of its layers. */
export const chain: readonly [Digest, Digest] = chainIds(
  image.layers.map(({ descriptor }) => descriptor.digest),
) as [Digest, Digest];

const fileOf = (store: Store, { descriptor }: Blob): string =>
  join(store.images, "blobs", "sha256", descriptor.digest.slice(7));
/** The directory of a layer. */
export const layerOf = (store: Store, id: Digest): string =>
  join(store.path, "layers", id.slice(7));
const incoming = (store: Store, name: string): string => join(store.path, "incoming", name);

/** What a pull does: brings what is not there, unpacks what is not unpacked. */
export async function pull(store: Store): Promise<void> {
  await putImage(store, name, image);
  let parent: Digest | null = null;
  for (const [index, { descriptor }] of image.layers.entries()) {
    const record = { diffId: descriptor.digest, parent, bytes: 3, entries: 1 };
    await store.ensureLayer(chain[index]!, async (directory) => {
      await writeFile(join(directory, "file"), `${index}`);
      return record;
    });
    parent = chain[index]!;
  }
}

/** Something that can happen to a store. */
export interface Damage {
  readonly title: string;
  /** Makes it happen. */
  readonly spoil: (store: Store) => Promise<unknown>;
  /** What a check says to it. */
  readonly finds: readonly FindingKind[];
  /** Those that come to light once the first were mended. */
  readonly mends?: readonly FindingKind[];
}

const config = Buffer.from(image.config.bytes).toString();
const [first] = image.layers as [Blob];

/** All that a check finds. */
export const damages: readonly Damage[] = [
  {
    title: "a layer's blob is missing",
    spoil: (store) => rm(fileOf(store, first)),
    finds: ["missing-blob"],
  },
  {
    title: "a configuration is missing",
    spoil: (store) => rm(fileOf(store, image.config)),
    finds: ["missing-blob"],
  },
  {
    title: "a manifest is missing",
    spoil: (store) => rm(fileOf(store, image.manifest)),
    finds: ["dangling-reference"],
  },
  {
    title: "a layer's blob was changed",
    spoil: (store) => writeFile(fileOf(store, first), "eno"),
    finds: ["wrong-digest"],
    mends: ["wrong-digest", "missing-blob"],
  },
  {
    title: "a configuration was changed",
    spoil: (store) => writeFile(fileOf(store, image.config), config.replace("linux", "xunil")),
    finds: ["wrong-digest"],
    mends: ["wrong-digest", "missing-blob"],
  },
  {
    title: "a layer's blob is cut off",
    spoil: (store) => truncate(fileOf(store, first), 1),
    finds: ["wrong-digest", "wrong-size"],
    mends: ["wrong-digest", "missing-blob"],
  },
  {
    title: "something was appended to a manifest",
    spoil: (store) => appendFile(fileOf(store, image.manifest), " "),
    finds: ["wrong-digest"],
    mends: ["wrong-digest", "dangling-reference"],
  },
  {
    title: "a manifest makes no sense",
    spoil: async (store) => {
      const wrong = jsonBlob({ schemaVersion: 2, layers: 7 }, mediaTypes.manifest);
      await put(store, wrong);
      await store.tag("localhost/b:1", wrong.descriptor);
    },
    finds: ["bad-document"],
  },
  {
    title: "of an index no manifest is there",
    spoil: async (store) => {
      const { descriptor } = imageOf("elsewhere").manifest;
      const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [descriptor] };
      const blob = jsonBlob(index, mediaTypes.index);
      await put(store, blob);
      await store.tag("localhost/b:1", blob.descriptor);
    },
    finds: ["missing-blob"],
  },
  {
    title: "a strange file is among the blobs",
    spoil: (store) => writeFile(join(store.images, "blobs", "sha256", "oci-put-blob1"), ""),
    finds: ["unknown-file"],
  },
  {
    title: "index.json is cut off",
    spoil: async (store) => {
      const path = join(store.images, "index.json");
      await truncate(path, (await readFile(path)).length - 2);
    },
    finds: ["bad-index"],
  },
  {
    title: "index.json is missing",
    spoil: (store) => rm(join(store.images, "index.json")),
    finds: ["bad-index"],
  },
  {
    title: "an entry of index.json makes no sense",
    spoil: async (store) => {
      const path = join(store.images, "index.json");
      const index = JSON.parse(await readFile(path, "utf8")) as { manifests: unknown[] };
      index.manifests.push({ digest: "sha256:../../x" });
      await writeFile(path, JSON.stringify(index));
    },
    finds: ["bad-index"],
  },
  {
    title: "oci-layout is missing",
    spoil: (store) => rm(join(store.images, "oci-layout")),
    finds: ["bad-layout"],
  },
  {
    title: "oci-layout is of another version",
    spoil: (store) => writeFile(join(store.images, "oci-layout"), '{"imageLayoutVersion":"9"}'),
    finds: ["bad-layout"],
  },
  {
    title: "a blob is half there",
    spoil: (store) => writeFile(incoming(store, `${"0".repeat(64)}.partial`), "half"),
    finds: ["stale-incoming"],
  },
  {
    title: "a layer is half made",
    spoil: (store) =>
      mkdir(incoming(store, `layer-${chain[0].slice(7)}/diff/a`), { recursive: true }),
    finds: ["stale-incoming"],
  },
  {
    title: "a layer does not say what it is",
    spoil: (store) => rm(join(layerOf(store, chain[1]), "layer.json")),
    finds: ["layer-without-record"],
  },
  {
    title: "a layer says that it is another one",
    spoil: async (store) => {
      const text = await readFile(join(layerOf(store, chain[0]), "layer.json"));
      await writeFile(join(layerOf(store, chain[1]), "layer.json"), text);
    },
    finds: ["bad-layer"],
  },
  {
    title: "what a layer says of itself is cut off",
    spoil: (store) => truncate(join(layerOf(store, chain[1]), "layer.json"), 10),
    finds: ["bad-layer"],
  },
  {
    title: "a layer has no files",
    spoil: (store) => rm(join(layerOf(store, chain[1]), "diff"), { recursive: true }),
    finds: ["half-written-layer"],
  },
  {
    title: "the layer below another one is gone",
    spoil: (store) => rm(layerOf(store, chain[0]), { recursive: true }),
    finds: ["layer-without-parent"],
  },
  {
    title: "a strange directory is among the layers",
    spoil: (store) => mkdir(join(store.path, "layers", "strange")),
    finds: ["unknown-file"],
  },
  {
    title: "the layers can be seen by others",
    spoil: (store) => chmod(join(store.path, "layers"), 0o755),
    finds: ["bad-permissions"],
  },
  {
    title: "the directory of locks is gone",
    spoil: (store) => rm(join(store.path, "locks"), { recursive: true }),
    finds: ["missing-directory"],
  },
  {
    title: "all blobs are gone",
    spoil: (store) => rm(join(store.images, "blobs"), { recursive: true }),
    finds: ["missing-directory", "missing-directory", "missing-directory"],
    mends: ["missing-directory", "missing-directory", "missing-directory", "dangling-reference"],
  },
];
