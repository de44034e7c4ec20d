import { ImageError, type Store } from "@x/image";
import type { ContainerRecord } from "./record.ts";

/** The directories of a container's layers, the topmost first. Rejects with `X_IMAGE_STORE`. */
export async function layerDirectories(store: Store, record: ContainerRecord): Promise<string[]> {
  const found = await Promise.all(record.layers.map((chainId) => store.layer(chainId)));
  return found.toReversed().map((directory, i) => {
    if (directory !== undefined) return directory;
    const missing = record.layers.at(-1 - i);
    throw new ImageError(
      "X_IMAGE_STORE",
      `container ${record.name} has lost its layer ${missing}`,
      {
        hint: "x system check tells what else is damaged; the container can be deleted with x rm",
      },
    );
  });
}
