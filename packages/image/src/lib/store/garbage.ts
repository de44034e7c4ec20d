import type { Digest } from "../spec/digest.ts";
import type { Descriptor } from "../spec/types.ts";
import { listBlobs, listLayers, type BlobFile, type LayerDirectory } from "./contents.ts";
import { asDocument } from "./documents.ts";
import { rootsOf } from "./index-file.ts";
import type { StorePaths } from "./paths.ts";
import { reachOf } from "./reach.ts";
import { readIndex } from "./references.ts";

/** What is needed besides what images need. */
export interface Keep {
  /** Chain ids of layers that containers use; those below them are kept with them. */
  readonly keepLayers?: Iterable<Digest> | (() => Promise<Iterable<Digest>>);
  /** With all that they lead to, where they are manifests or indexes. */
  readonly keepBlobs?: Iterable<Digest> | (() => Promise<Iterable<Digest>>);
}

/** What nobody needs. */
export interface Garbage {
  readonly blobs: readonly BlobFile[];
  /** Each before those that it lies on. */
  readonly layers: readonly LayerDirectory[];
  /**
   * Documents that images need and nobody can read, so that nobody knows what they need: then
   * nothing is garbage, for it could be theirs.
   */
  readonly unreadable: readonly Digest[];
}

/** Finds what neither images nor what is to be kept needs. Rejects with `X_IMAGE_STORE`. */
export async function findGarbage(paths: StorePaths, keep: Keep): Promise<Garbage> {
  const { blobs, layers, faults } = await reachOf(paths, rootsOf(await readIndex(paths)));
  const unreadable = faults.filter(({ isDocument }) => isDocument).map(({ digest }) => digest);
  if (unreadable.length > 0) return { blobs: [], layers: [], unreadable };
  const keptBlobs = await withThoseTheyLeadTo(paths, await all(keep.keepBlobs));
  const keptLayers = new Set([...layers, ...(await all(keep.keepLayers))]);
  const stored = await listLayers(paths);
  withThoseBelow(keptLayers, stored);
  const isLoose = ({ chainId }: LayerDirectory): boolean =>
    chainId !== undefined && !keptLayers.has(chainId);
  return {
    blobs: (await listBlobs(paths)).filter(
      ({ digest }) => digest !== undefined && !blobs.has(digest) && !keptBlobs.has(digest),
    ),
    layers: topFirst(stored.filter(isLoose)),
    unreadable,
  };
}

async function all(some: Keep["keepBlobs"]): Promise<Iterable<Digest>> {
  return typeof some === "function" ? some() : (some ?? []);
}

/** What of it is missing or damaged keeps nothing else: no image stands for it. */
async function withThoseTheyLeadTo(
  paths: StorePaths,
  digests: Iterable<Digest>,
): Promise<Set<Digest>> {
  const kept = new Set(digests);
  const documents: Descriptor[] = [];
  for (const digest of kept) {
    const descriptor = await asDocument(paths, digest);
    if (descriptor !== undefined) documents.push(descriptor);
  }
  for (const digest of (await reachOf(paths, documents)).blobs) kept.add(digest);
  return kept;
}

function parentsOf(layers: readonly LayerDirectory[]): Map<Digest, Digest> {
  const parents = new Map<Digest, Digest>();
  for (const { chainId, record } of layers) {
    if (chainId !== undefined && record?.parent) parents.set(chainId, record.parent);
  }
  return parents;
}

function withThoseBelow(kept: Set<Digest>, layers: readonly LayerDirectory[]): void {
  const parents = parentsOf(layers);
  // A set that grows while it is gone through is gone through to its end.
  for (const layer of kept) {
    const parent = parents.get(layer);
    if (parent !== undefined) kept.add(parent);
  }
}

function topFirst(layers: readonly LayerDirectory[]): LayerDirectory[] {
  const parents = parentsOf(layers);
  const depth = ({ chainId }: LayerDirectory): number => {
    let count = 0;
    for (let at = chainId; at !== undefined; at = parents.get(at)) count++;
    return count;
  };
  return layers.toSorted((a, b) => depth(b) - depth(a));
}
