import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { blobOf, imageOf, put, putImage, temporaryStore } from "../../testing/store-content.ts";
import { startOnStore } from "../../testing/store-process.ts";
import type { Finding } from "./check/finding.ts";
import type { Store } from "./store.ts";

/** Kills a process that works on the store at random moments; what a check found each time. */
async function kill(store: Store, times: number): Promise<Finding[][]> {
  const found: Finding[][] = [];
  for (let time = 0; time < times; time++) {
    await using other = startOnStore("everything", store.path, `${time}`);
    await other.begun;
    await sleep(Math.random() * 80);
    await other.kill();
    // The next command, before anybody has mended anything.
    const image = imageOf(`after ${time}`, "same below");
    await putImage(store, "after:1", image);
    expect(await store.resolve("after:1")).toEqual(image.manifest.descriptor);
    found.push(await store.check({ verify: true }));
    const mended = await store.check({ verify: true, repair: true });
    expect(mended.filter(({ repaired }) => repaired !== true)).toEqual([]);
    expect(await store.check({ verify: true })).toEqual([]);
    await put(store, blobOf(`after ${time}`));
    await store.collectGarbage();
  }
  return found;
}

test("a process that is killed at any of fifty moments leaves blobs whole or absent, names that stand for something, and nothing that is not mended", async () => {
  await using one = await temporaryStore();
  await using two = await temporaryStore();
  const found = (await Promise.all([kill(one.store, 25), kill(two.store, 25)])).flat();
  expect(found).toHaveLength(50);
  expect(new Set(found.flat().map(({ kind }) => kind))).toEqual(new Set(["stale-incoming"]));
});
