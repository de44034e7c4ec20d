import { digestOf, type Digest } from "../spec/digest.ts";

/**
 * The chain ids of an image's layers, lowest first: what a layer is together with all below it, so
 * that the same layer on another base is another one. Pure. Source: OCI config.md, "Layer ChainID".
 */
export function chainIds(diffIds: readonly Digest[]): Digest[] {
  const ids: Digest[] = [];
  for (const diffId of diffIds) ids.push(chainId(ids.at(-1) ?? null, diffId));
  return ids;
}

/** The chain id of a layer on top of another one, or of none. Pure. */
export function chainId(parent: Digest | null, diffId: Digest): Digest {
  return parent === null ? diffId : digestOf(`${parent} ${diffId}`);
}
