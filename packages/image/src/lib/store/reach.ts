import type { Digest } from "../spec/digest.ts";
import type { Descriptor } from "../spec/types.ts";
import { linksOf } from "./documents.ts";
import type { StorePaths } from "./paths.ts";
import { blobSize } from "./read-blob.ts";

/** Why what a reference stands for is not whole. */
export interface Fault {
  readonly kind: "missing" | "wrong-size" | "unreadable";
  readonly digest: Digest;
  /** Whether it is a manifest, an index or a configuration, whose parts nobody can know. */
  readonly isDocument: boolean;
  readonly reason?: unknown;
}

/** All that is needed for some references. */
export interface Reach {
  readonly blobs: ReadonlySet<Digest>;
  /** Chain ids. */
  readonly layers: ReadonlySet<Digest>;
  readonly faults: readonly Fault[];
}

/**
 * Follows references to all that they need: indexes to their manifests, manifests to configuration
 * and layers, both to their `subject`. Of an index one manifest must be there, for who pulls an
 * image for one platform has no other; layers that have `urls` may be elsewhere.
 */
export async function reachOf(paths: StorePaths, roots: Iterable<Descriptor>): Promise<Reach> {
  const blobs = new Set<Digest>();
  const layers = new Set<Digest>();
  const faults: Fault[] = [];
  // By all that is said of it: one image that calls another one's manifest a layer must not keep
  // that from being followed.
  const seen = new Set<string>();
  const open: Wanted[] = [...roots].map((descriptor) => ({ descriptor, isOptional: false }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { descriptor, isOptional } = next;
    const { digest, mediaType, size } = descriptor;
    const key = `${digest} ${mediaType} ${size} ${isOptional}`;
    if (seen.has(key)) continue;
    seen.add(key);
    blobs.add(digest);
    const links = await linksOf(paths, descriptor);
    if (links.kind === "unreadable") {
      faults.push({ kind: "unreadable", digest, isDocument: true, reason: links.reason });
    } else if (links.kind === "absent") {
      if (!isOptional) faults.push({ kind: "missing", digest, isDocument: true });
    } else if (links.kind === "leaf") {
      const kind = isOptional ? undefined : await faultOf(paths, descriptor);
      if (kind !== undefined) faults.push({ kind, digest, isDocument: false });
    } else if (links.kind === "config") {
      for (const layer of links.layers) layers.add(layer);
    } else if (links.kind === "manifest") {
      const { parts, subject } = links;
      open.push(...parts.map((part) => ({ descriptor: part, isOptional: isElsewhere(part) })));
      if (subject !== undefined) open.push({ descriptor: subject, isOptional: true });
    } else {
      const { manifests, subject } = links;
      const some = await anyIsThere(paths, manifests);
      open.push(...manifests.map((one) => ({ descriptor: one, isOptional: some })));
      if (subject !== undefined) open.push({ descriptor: subject, isOptional: true });
    }
  }
  return { blobs, layers, faults };
}

interface Wanted {
  readonly descriptor: Descriptor;
  readonly isOptional: boolean;
}

async function faultOf(
  paths: StorePaths,
  { digest, size }: Descriptor,
): Promise<"missing" | "wrong-size" | undefined> {
  const found = await blobSize(paths, digest);
  if (found === undefined) return "missing";
  return found === size ? undefined : "wrong-size";
}

function isElsewhere({ urls }: Descriptor): boolean {
  return urls !== undefined && urls.length > 0;
}

async function anyIsThere(paths: StorePaths, all: readonly Descriptor[]): Promise<boolean> {
  for (const { digest } of all) if ((await blobSize(paths, digest)) !== undefined) return true;
  return false;
}
