import { usedBelow, type Store, type Usage } from "@x/image";
import { containerIds } from "./list.ts";
import { placesOf } from "./places.ts";

/** How many containers a store has, and the bytes of the files that they have written. */
export async function containerUsage(store: Store): Promise<Usage> {
  const ids = containerIds(store);
  let bytes = 0;
  for (const id of ids) bytes += await usedBelow(placesOf(store.path, id).directory);
  return { count: ids.length, bytes };
}
