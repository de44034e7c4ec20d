import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDigest, type Digest } from "../spec/digest.ts";
import { parseLayer, type StoredLayer } from "./layer-record.ts";
import { recordOf } from "./layers.ts";
import type { StorePaths } from "./paths.ts";
import { errnoOf } from "./store-error.ts";

/** A file among the blobs. */
export interface BlobFile {
  readonly path: string;
  /** Undefined when its name is none, and it is no blob. */
  readonly digest: Digest | undefined;
  readonly bytes: number;
}

/** A directory among the layers. */
export interface LayerDirectory {
  readonly path: string;
  /** Undefined when its name is none. */
  readonly chainId: Digest | undefined;
  /** Undefined when it has none, or one that nobody can read. */
  readonly record: StoredLayer | undefined;
  /** Why there is no record. */
  readonly reason?: unknown;
}

/** All files among the blobs. */
export async function listBlobs({ blobs }: StorePaths): Promise<BlobFile[]> {
  const found: BlobFile[] = [];
  for (const algorithm of await namesIn(blobs)) {
    for (const name of await namesIn(join(blobs, algorithm))) {
      const path = join(blobs, algorithm, name);
      const stat = await lstat(path).catch(absent);
      if (stat === undefined) continue;
      const text = `${algorithm}:${name}`;
      const digest = stat.isFile() && isDigest(text) ? text : undefined;
      found.push({ path, digest, bytes: stat.size });
    }
  }
  return found;
}

/** All directories among the layers. */
export async function listLayers({ layers }: StorePaths): Promise<LayerDirectory[]> {
  const found: LayerDirectory[] = [];
  for (const name of await namesIn(layers)) {
    const path = join(layers, name);
    const text = `sha256:${name}`;
    const chainId = isDigest(text) ? text : undefined;
    try {
      const record = parseLayer(await readFile(recordOf(path), "utf8"), recordOf(path));
      found.push({ path, chainId, record });
    } catch (reason) {
      found.push({ path, chainId, record: undefined, reason });
    }
  }
  return found;
}

/** The names in a directory; none where there is no such directory. */
export async function namesIn(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(absent)) ?? [];
}

function absent(error: unknown): undefined {
  const code = errnoOf(error);
  if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
}
