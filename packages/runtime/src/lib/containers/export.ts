import { createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
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
import { containerChanges, upperOf } from "./changes.ts";
import { keepContainer } from "./container-lock.ts";
import { ContainerError } from "./error.ts";
import { newId } from "./name.ts";
import { manifestOf, type ContainerRecord } from "./record.ts";

/** Where a root is written to. */
export interface ExportOptions {
  readonly path: string;
  /** A tar, or an empty directory, which is made if it is missing. */
  readonly into: "tar" | "directory";
  readonly signal?: AbortSignal;
}

/**
 * Writes the root of an image as one tree: all its layers, each on those below it. Rejects with
 * `X_CONTAINER_EXPORT` for a directory that is not empty, and as `unpackFlat` does.
 */
export async function exportImage(
  store: Store,
  descriptor: Descriptor,
  options: ExportOptions,
): Promise<void> {
  await written(store, options, async (directory) => {
    await unpackFlat(store, descriptor, directory, options);
  });
}

/**
 * Writes the root of a container as one tree: that of its image with its changes. Rejects as
 * {@link exportImage} does, and with `X_CONTAINER_EPHEMERAL`.
 */
export async function exportContainer(
  store: Store,
  record: ContainerRecord,
  options: ExportOptions,
): Promise<void> {
  const { signal } = options;
  const cancel = signal === undefined ? {} : { signal };
  const upper = upperOf(store, record);
  await using _kept = await keepContainer(store, record.id);
  await written(store, options, async (directory) => {
    await unpackFlat(store, manifestOf(record), directory, cancel);
    const changes = containerChanges(store, record);
    const { user } = record.sandbox;
    const { chunks } = packLayer(changes, {
      ...{ root: upper, compression: "none" },
      ...(user === undefined ? {} : { user }),
      ...cancel,
    });
    await applyLayer(chunks, { directory, compression: "none", whiteouts: "flat", ...cancel });
  });
}

/** Fills a directory, and packs it if a tar is wanted; what is not whole is removed. */
async function written(
  store: Store,
  options: ExportOptions,
  fill: (directory: string) => Promise<void>,
): Promise<void> {
  const { path, into, signal } = options;
  if (into === "directory") {
    await makeEmpty(path);
    return await fill(path);
  }
  // What is in `incoming` and in nobody's use is rubbish.
  await using _use = await store.use(signal === undefined ? {} : { signal });
  const directory = join(store.path, "incoming", `export-${newId()}`);
  await mkdir(directory);
  try {
    await fill(directory);
    await pack(directory, options);
  } finally {
    await removeTree(directory);
  }
}

/** A file is there when it is whole; a pipe or a terminal gets what there is. */
async function pack(directory: string, { path, signal }: ExportOptions): Promise<void> {
  const cancel = signal === undefined ? {} : { signal };
  const { chunks } = packLayer("everything", { root: directory, compression: "none", ...cancel });
  await mkdir(dirname(path), { recursive: true });
  const isFile = (await stat(path).catch(() => undefined))?.isFile() ?? true;
  const target = isFile ? `${path}.${newId().slice(0, 12)}.partial` : path;
  try {
    await pipeline(Readable.from(chunks), createWriteStream(target), cancel);
    if (isFile) await rename(target, path);
  } catch (error) {
    if (isFile) await rm(target, { force: true });
    throw error;
  }
}

/** Nothing that somebody has is written over. */
async function makeEmpty(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  if ((await readdir(path)).length === 0) return;
  const message = `${path} is not empty; export into a new directory`;
  throw new ContainerError("X_CONTAINER_EXPORT", message);
}
