import type { Collected, Digest, DiskUsage, Store } from "@x/image";
import { listContainers } from "../containers/list.ts";
import type { ContainerRecord } from "../containers/record.ts";

/** Deletes what no name of the store and no container needs. Containers keep their layers. */
export async function collect(
  store: Store,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Collected> {
  return store.collectGarbage({ ...options, ...neededBy(store) });
}

/** What a store holds, and what of it neither a name nor a container needs. */
export async function storeUsage(store: Store): Promise<DiskUsage> {
  return store.diskUsage(neededBy(store));
}

/**
 * What containers need, asked for when nobody else uses the store, and so can make another
 * container.
 */
export function neededBy(store: Store): {
  readonly keepLayers: () => Promise<Digest[]>;
  readonly keepBlobs: () => Promise<Digest[]>;
} {
  const records = (): ContainerRecord[] => listContainers(store).map(({ record }) => record);
  return {
    keepLayers: async () => records().flatMap(({ layers }) => layers),
    keepBlobs: async () => records().map(({ manifest }) => manifest),
  };
}
