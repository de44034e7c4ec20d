import type { Collected, Digest, DiskUsage, Store } from "@x/image";
import { recordsOf } from "../containers/list.ts";

/**
 * Deletes what no name of the store and no container needs. Containers keep their layers. Rejects
 * with `X_CONTAINER_DAMAGED` while nobody knows what one of them needs.
 */
export async function collect(
  store: Store,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Collected> {
  return store.collectGarbage({ ...options, ...neededBy(store) });
}

/** The same if nobody uses the store now; undefined if somebody does. */
export async function tryCollect(store: Store): Promise<Collected | undefined> {
  return store.tryCollectGarbage(neededBy(store));
}

/** What a store holds, and what of it neither a name nor a container needs. */
export async function storeUsage(store: Store): Promise<DiskUsage> {
  return store.diskUsage(neededBy(store));
}

/**
 * What containers need, asked for when nobody else uses the store, and so can make another
 * container.
 */
function neededBy(store: Store): {
  readonly keepLayers: () => Promise<Digest[]>;
  readonly keepBlobs: () => Promise<Digest[]>;
} {
  return {
    keepLayers: async () => recordsOf(store, "throw").flatMap(({ layers }) => layers),
    keepBlobs: async () => recordsOf(store, "throw").map(({ manifest }) => manifest),
  };
}
