import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf, encodedOf } from "../lib/spec/digest.ts";
import type { Descriptor, ImageIndex } from "../lib/spec/types.ts";

const refName = "org.opencontainers.image.ref.name";

/** The descriptor that a layout's index has for a tag. */
export function describeLayout(layout: string, tag: string): Descriptor {
  const found = readIndex(layout).manifests.find((entry) => entry.annotations?.[refName] === tag);
  if (found === undefined) throw new Error(`${layout} has no ${tag}`);
  return found;
}

/** Writes a blob into a layout. */
export function writeBlob(
  layout: string,
  content: string | Uint8Array,
  mediaType: string,
): Descriptor {
  const digest = digestOf(content);
  writeFileSync(join(layout, "blobs/sha256", encodedOf(digest)), content);
  return { mediaType, digest, size: Buffer.byteLength(content) };
}

/** Gives a descriptor a tag in a layout's index. */
export function writeLayoutIndex(layout: string, tag: string, descriptor: Descriptor): void {
  const index = readIndex(layout);
  const others = index.manifests.filter((entry) => entry.annotations?.[refName] !== tag);
  const manifests = [...others, { ...descriptor, annotations: { [refName]: tag } }];
  writeFileSync(join(layout, "index.json"), JSON.stringify({ ...index, manifests }));
}

function readIndex(layout: string): ImageIndex {
  return JSON.parse(readFileSync(join(layout, "index.json"), "utf8")) as ImageIndex;
}
