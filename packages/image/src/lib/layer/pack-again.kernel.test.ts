import * as fc from "fast-check";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/layer-directory.ts";
import { addDevicesAndOwners, makeHardTree, packWhole } from "../../testing/layer-packing.ts";
import { makeTree, treeEntries } from "../../testing/tar-tree.ts";
import { applyLayer } from "./apply.ts";

const root = process.geteuid!() === 0;

/** Packs a directory, applies the layer elsewhere, and packs that: two digests to be the same. */
async function twice(directory: string): Promise<[string, string]> {
  await using other = temporaryDirectory();
  const { bytes, packed } = await packWhole("everything", { root: directory });
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes;
  };
  const applied = await applyLayer(chunks(), {
    compression: "none",
    directory: other.root,
    whiteouts: "overlay",
  });
  expect([applied.diffId, applied.entries]).toEqual([packed.diffId, packed.entries]);
  const again = await packWhole("everything", { root: other.root });
  return [packed.diffId, again.packed.diffId];
}

test("a layer that is applied and packed again is the same to the byte", async () => {
  await using directory = temporaryDirectory();
  makeHardTree(directory.root);
  if (root) addDevicesAndOwners(directory.root);
  const [first, second] = await twice(directory.root);
  expect(second).toBe(first);
});

test("so are layers of random trees", async () => {
  for (const tree of fc.sample(treeEntries, { numRuns: 40, seed: 4 })) {
    await using directory = temporaryDirectory();
    makeTree(directory.root, tree, root);
    const [first, second] = await twice(directory.root);
    expect(second).toBe(first);
  }
});

test("so are those that hide what is below them", async () => {
  await using directory = temporaryDirectory();
  makeHardTree(directory.root);
  const { bytes } = await packWhole(
    [
      { path: "d", kind: "modified", opaque: true },
      { path: "d/link", kind: "added" },
      { path: "sticky/gone", kind: "deleted" },
      { path: "gone", kind: "deleted" },
    ],
    { root: directory.root },
  );
  await using other = temporaryDirectory();
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes;
  };
  await applyLayer(chunks(), {
    compression: "none",
    directory: other.root,
    whiteouts: "overlay",
  });
  const [first, second] = await twice(other.root);
  expect(second).toBe(first);
  const again = await packWhole("everything", { root: other.root });
  // But for the root itself, which changes do not list.
  expect(again.bytes.includes(bytes.subarray(0, -1024))).toBe(true);
});
