import { join } from "node:path";
import { listBlobs, listLayers, namesIn } from "./contents.ts";
import { findGarbage, type Keep } from "./garbage.ts";
import type { StorePaths } from "./paths.ts";
import { usedBelow } from "./used-below.ts";

/** How many there are, and of how many bytes. */
export interface Usage {
  readonly count: number;
  readonly bytes: number;
}

/** What a store holds. */
export interface DiskUsage {
  readonly blobs: Usage;
  /** The bytes of their archives, uncompressed. */
  readonly layers: Usage;
  /** What is coming in, and what broken attempts have left. */
  readonly incoming: Usage;
  /** What neither images nor what is to be kept needs. */
  readonly reclaimable: { readonly blobs: Usage; readonly layers: Usage };
}

/** Adds up what a store holds. */
export async function diskUsage(paths: StorePaths, keep: Keep): Promise<DiskUsage> {
  const garbage = await findGarbage(paths, keep);
  const layers = await listLayers(paths);
  const sizeOf = (all: typeof layers | typeof garbage.layers): Usage =>
    total(all.map(({ record }) => record?.bytes ?? 0));
  const coming = await namesIn(paths.incoming);
  return {
    blobs: total((await listBlobs(paths)).map(({ bytes }) => bytes)),
    layers: sizeOf(layers),
    incoming: total(await Promise.all(coming.map((name) => usedBelow(join(paths.incoming, name))))),
    reclaimable: {
      blobs: total(garbage.blobs.map(({ bytes }) => bytes)),
      layers: sizeOf(garbage.layers),
    },
  };
}

function total(sizes: readonly number[]): Usage {
  return { count: sizes.length, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
}
