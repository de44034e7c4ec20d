import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Digest, Finding, Store } from "@x/image";
import { snapshotTree } from "@x/image/testing";

/** The trees of layers as they should be, by chain id. */
export type LayerTrees = ReadonlyMap<Digest, string>;

/** What is wrong with a store that nobody has mended yet, beyond what was left in `incoming`. */
export async function faultsOf(store: Store, trees: LayerTrees): Promise<string[]> {
  const findings = await store.check({ verify: true });
  const faults = findings.filter(({ kind }) => kind !== "stale-incoming").map(sentenceOf);
  for (const [chainId, tree] of await layerTrees(store)) {
    const wanted = trees.get(chainId);
    if (wanted !== tree) faults.push(`the layer ${chainId} is not what it should be`);
  }
  return faults;
}

function sentenceOf({ kind, message }: Finding): string {
  return `${kind}: ${message}`;
}

/** All layers of a store that count as whole. */
export async function layerTrees(store: Store): Promise<Map<Digest, string>> {
  const found = new Map<Digest, string>();
  for (const name of readdirSync(join(store.path, "layers"))) {
    const chainId: Digest = `sha256:${name}`;
    const directory = await store.layer(chainId);
    found.set(chainId, directory === undefined ? "none" : await treeOf(directory));
  }
  return found;
}

async function treeOf(directory: string): Promise<string> {
  const tree = await snapshotTree(directory, { xattrs: false });
  return JSON.stringify([...tree], (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
}

/** What lies about in a store that is at rest. */
export function leftIn(store: Store): string[] {
  const names = (part: string): string[] => readdirSync(join(store.path, part));
  const locks = names("locks").filter((name) => !["use", "index"].includes(name));
  return [...names("incoming"), ...locks].map((name) => basename(name));
}
