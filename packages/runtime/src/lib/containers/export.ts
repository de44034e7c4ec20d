import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  applyLayer,
  packLayer,
  removeTree,
  unpackFlat,
  type Descriptor,
  type Store,
} from "@x/image";
import { containerChanges } from "./changes.ts";
import { newId } from "./name.ts";
import { placesOf } from "./places.ts";
import { manifestOf, type ContainerRecord } from "./record.ts";

/** Where a root is written to. */
export interface ExportOptions {
  readonly path: string;
  /** A tar, or an empty directory, which is made if it is missing. */
  readonly into: "tar" | "directory";
  readonly signal?: AbortSignal;
}

/** Writes the root of an image as one tree: all its layers, each on those below it. */
export async function exportImage(
  store: Store,
  descriptor: Descriptor,
  options: ExportOptions,
): Promise<void> {
  await written(store, options, async (directory) => {
    await unpackFlat(store, descriptor, directory, options);
  });
}

/** Writes the root of a container as one tree: that of its image with its changes. */
export async function exportContainer(
  store: Store,
  record: ContainerRecord,
  options: ExportOptions,
): Promise<void> {
  const { signal } = options;
  const cancel = signal === undefined ? {} : { signal };
  await written(store, options, async (directory) => {
    await unpackFlat(store, manifestOf(record), directory, cancel);
    const { upper } = placesOf(store.path, record.id);
    const changes = containerChanges(store, record);
    const { chunks } = packLayer(changes, { root: upper, compression: "none", ...cancel });
    await applyLayer(chunks, { directory, compression: "none", whiteouts: "flat", ...cancel });
  });
}

/** Fills a directory, and packs it if a tar is wanted; what is not whole is removed. */
async function written(
  store: Store,
  { path, into, signal }: ExportOptions,
  fill: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = into === "directory" ? path : join(store.path, "incoming", `export-${newId()}`);
  await mkdir(directory, { recursive: into === "directory" });
  if (into === "directory") return fill(directory);
  try {
    await fill(directory);
    const cancel = signal === undefined ? {} : { signal };
    const { chunks } = packLayer("everything", { root: directory, compression: "none", ...cancel });
    await mkdir(dirname(path), { recursive: true });
    await pipeline(Readable.from(chunks), createWriteStream(path), cancel);
  } finally {
    await removeTree(directory);
  }
}
