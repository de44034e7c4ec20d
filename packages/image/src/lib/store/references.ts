import { readFile } from "node:fs/promises";
import { ImageError } from "../error.ts";
import type { Descriptor } from "../spec/types.ts";
import { writeDurably } from "./durable.ts";
import {
  checkName,
  formatIndexFile,
  namedIn,
  parseIndexFile,
  withName,
  withoutNamed,
  type IndexFile,
} from "./index-file.ts";
import { lock } from "./lock.ts";
import { indexLock, useLock, type StorePaths } from "./paths.ts";
import { blobSize } from "./read-blob.ts";
import { storeError, writeError } from "./store-error.ts";

/** The `index.json` of a store. Rejects with `X_IMAGE_STORE`. */
export async function readIndex(paths: StorePaths): Promise<IndexFile> {
  let text: string;
  try {
    text = await readFile(paths.index, "utf8");
  } catch (error) {
    throw storeError(`cannot read ${paths.index}`, error);
  }
  return parseIndexFile(text, paths.index);
}

/**
 * Changes the `index.json`, one after the other of all processes; without a new object nothing is
 * written. After a crash it is the old one or the new one.
 */
export async function changeIndex(
  paths: StorePaths,
  change: (index: IndexFile) => IndexFile,
  signal?: AbortSignal,
): Promise<boolean> {
  const options = { kind: "exclusive", ...(signal === undefined ? {} : { signal }) } as const;
  await using _ = await lock(indexLock(paths), options);
  const before = await readIndex(paths);
  const after = change(before);
  if (after === before) return false;
  await writeIndex(paths, formatIndexFile(after));
  return true;
}

/** Replaces `index.json`, by whoever holds its lock. */
export async function writeIndex(paths: StorePaths, text: string): Promise<void> {
  try {
    await writeDurably(paths.index, text, paths.incoming);
  } catch (error) {
    throw await writeError(`cannot write ${paths.index}`, paths.root, error);
  }
}

/** What a name stands for. Rejects with `X_IMAGE_NOT_FOUND`; the hint says which names there are. */
export async function resolve(paths: StorePaths, name: string): Promise<Descriptor> {
  const all = namedIn(await readIndex(paths));
  const found = all.find((reference) => reference.name === name);
  if (found !== undefined) return found.descriptor;
  const names = all.map((reference) => reference.name);
  const others = names.length > 10 ? ` and ${names.length - 10} more` : "";
  throw new ImageError("X_IMAGE_NOT_FOUND", `no image ${name} in the store ${paths.root}`, {
    hint:
      names.length === 0
        ? "There are no images in it yet; x pull brings one"
        : `There are ${names.slice(0, 10).join(", ")}${others}`,
  });
}

/**
 * Has a name stand for a manifest or index that is in the store. Rejects with `X_IMAGE_NOT_FOUND`
 * when that is not there, `X_IMAGE_REFERENCE` for what cannot be a name.
 */
export async function tag(
  paths: StorePaths,
  name: string,
  descriptor: Descriptor,
  signal?: AbortSignal,
): Promise<void> {
  checkName(name);
  const options = { kind: "shared", ...(signal === undefined ? {} : { signal }) } as const;
  await using _ = await lock(useLock(paths), options);
  const { digest, size } = descriptor;
  if ((await blobSize(paths, digest)) !== size) {
    const message = `${digest}, ${size} bytes, is not in the store and cannot be named ${name}`;
    throw new ImageError("X_IMAGE_NOT_FOUND", message);
  }
  await changeIndex(paths, (index) => withName(index, name, descriptor), signal);
}

/** Takes a name away; whether there was such a name. */
export async function untag(
  paths: StorePaths,
  name: string,
  signal?: AbortSignal,
): Promise<boolean> {
  return changeIndex(paths, (index) => withoutNamed(index, name), signal);
}
