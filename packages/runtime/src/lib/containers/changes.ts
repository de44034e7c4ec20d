import { changes, type Change } from "@x/unionfs";
import type { Store } from "@x/image";
import { layerDirectories } from "./layers.ts";
import { placesOf } from "./places.ts";
import type { ContainerRecord } from "./record.ts";

/**
 * What a container has added, modified and deleted, sorted by path. What its mounts cover, and
 * what is below its volumes, is none of its changes.
 */
export async function* containerChanges(
  store: Store,
  record: ContainerRecord,
): AsyncIterable<Change> {
  if (record.ephemeral) return;
  const { upper } = placesOf(store.path, record.id);
  const lower = await layerDirectories(store, record);
  for await (const change of changes(upper, lower)) {
    if (!isCovered(change.path, record.covered)) yield change;
  }
}

function isCovered(path: string, covered: readonly string[]): boolean {
  const absolute = path.startsWith("/") ? path : `/${path}`;
  return covered.some((place) => absolute === place || absolute.startsWith(`${place}/`));
}
