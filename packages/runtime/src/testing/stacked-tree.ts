import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { snapshotTree, type SnapshotEntry } from "@x/image/testing";
import { openMountNamespace } from "./mount-namespace.ts";
import type { Workplace } from "./workplace.ts";

/** The layers of an image as x unpacked them, mounted by hand, on each other. */
export async function stackedTree(
  { directory, x }: Workplace,
  image: string,
): Promise<Map<string, SnapshotEntry>> {
  const [empty, stack] = [join(directory, "empty"), join(directory, "stack")];
  for (const folder of [empty, stack]) mkdirSync(folder, { recursive: true });
  const { stdout } = await x("inspect", image);
  const [{ layers }] = JSON.parse(stdout) as [{ layers: { directory: string }[] }];
  const lower = layers.map((layer) => layer.directory).toReversed();
  // A union that cannot be written has two lower directories at least.
  if (lower.length === 1) lower.push(empty);
  await using namespace = await openMountNamespace();
  const options = `ro,lowerdir=${lower.join(":")}`;
  await namespace.run("mount", "-t", "overlay", "-o", options, "overlay", stack);
  return await snapshotTree(namespace.outside(stack));
}
