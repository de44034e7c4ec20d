import { changes, type Change } from "@x/unionfs";
import type { Store } from "@x/image";
import { ContainerError } from "./error.ts";
import { layerDirectories } from "./layers.ts";
import { placesOf } from "./places.ts";
import type { ContainerRecord } from "./record.ts";

/**
 * What a container has added, modified and deleted, sorted by path. What its mounts cover, and
 * what is below its volumes, is none of its changes. Rejects with `X_CONTAINER_EPHEMERAL`, and
 * `X_IMAGE_STORE` for one that has lost a layer.
 *
 * @yields one change after the other, as the trees are read
 */
export async function* containerChanges(
  store: Store,
  record: ContainerRecord,
): AsyncIterable<Change> {
  const upper = upperOf(store, record);
  const lower = await layerDirectories(store, record);
  const { root } = record.sandbox;
  const driver = typeof root === "object" && "dir" in root ? "copy" : "overlay";
  for await (const change of changes(upper, lower, { driver })) {
    if (!isCovered(change.path, record.covered)) yield change;
  }
}

/** The directory of what a container has written. Throws `X_CONTAINER_EPHEMERAL`. */
export function upperOf(store: Store, { id, name, ephemeral }: ContainerRecord): string {
  if (!ephemeral) return placesOf(store.path, id).upper;
  const message = `what ${name} writes is in memory, out of reach (--rm); without --rm it is kept`;
  throw new ContainerError("X_CONTAINER_EPHEMERAL", message);
}

function isCovered(path: string, covered: readonly string[]): boolean {
  const absolute = path.startsWith("/") ? path : `/${path}`;
  return covered.some((place) => absolute === place || absolute.startsWith(`${place}/`));
}
