import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  blobOf,
  imageOf,
  jsonBlob,
  put,
  putImage,
  temporaryStore,
  type Blob,
} from "../../testing/store-content.ts";
import { digestOf, type Digest } from "../spec/digest.ts";
import { mediaTypes } from "../spec/media-type.ts";
import { chainId, chainIds } from "./chain-id.ts";
import type { Store } from "./store.ts";

const digestsOf = (...blobs: readonly Blob[]): Digest[] =>
  blobs.map(({ descriptor }) => descriptor.digest);

async function missing(store: Store, blobs: readonly Blob[]): Promise<Digest[]> {
  const gone: Digest[] = [];
  for (const { descriptor } of blobs) {
    if (!(await store.has(descriptor))) gone.push(descriptor.digest);
  }
  return gone;
}

async function unpack(store: Store, diffIds: readonly Digest[]): Promise<void> {
  let parent: Digest | null = null;
  for (const diffId of diffIds) {
    const id: Digest = chainId(parent, diffId);
    const record = { diffId, parent, bytes: 10, entries: 0 };
    await store.ensureLayer(id, async () => record);
    parent = id;
  }
}

describe("what is collected", () => {
  test("is what no image needs, and what is shared stays as long as one needs it", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const first = imageOf("shared", "first");
    const second = imageOf("shared", "second");
    const parts = [...second.layers, second.config, second.manifest];
    await putImage(store, "a:1", first);
    await putImage(store, "b:1", second);
    await unpack(store, digestsOf(...first.layers));
    await unpack(store, digestsOf(...second.layers));
    expect(await store.collectGarbage()).toMatchObject({ blobs: 0, layers: 0, bytes: 0 });
    await store.untag("a:1");
    const usage = await store.diskUsage();
    expect(usage).toMatchObject({ blobs: { count: 7 }, layers: { count: 3, bytes: 30 } });
    expect(usage.reclaimable).toMatchObject({
      blobs: { count: 3 },
      layers: { count: 1, bytes: 10 },
    });
    const freed = await store.collectGarbage();
    expect(freed).toMatchObject({ blobs: 3, layers: 1, incoming: 0, unreadable: [] });
    expect(freed.bytes).toBe(usage.reclaimable.blobs.bytes + 10);
    expect(await missing(store, parts)).toEqual([]);
    expect(await store.layer(chainIds(digestsOf(...first.layers))[1]!)).toBeUndefined();
    expect(await store.layer(chainIds(digestsOf(...second.layers))[1]!)).toBeDefined();
    await store.untag("b:1");
    expect(await store.collectGarbage()).toMatchObject({ blobs: 4, layers: 2 });
    expect(await store.check({ verify: true })).toEqual([]);
  });

  test("is not what is to be kept, nor the layers below those", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const diffIds = ["1", "2", "3"].map((text) => digestOf(text));
    await unpack(store, diffIds);
    const loose = blobOf("loose");
    await put(store, loose);
    const [lowest, middle, top] = chainIds(diffIds);
    const keep = { keepLayers: [middle!], keepBlobs: async () => [loose.descriptor.digest] };
    expect(await store.collectGarbage(keep)).toMatchObject({ blobs: 0, layers: 1, bytes: 10 });
    expect(await store.layer(top!)).toBeUndefined();
    expect(await store.layer(lowest!)).toBeDefined();
    expect(await store.collectGarbage()).toMatchObject({ blobs: 1, layers: 2 });
  });

  test("is not what an index, a subject or a manifest without name leads to", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const inner = imageOf("inner");
    const elsewhere = imageOf("of another platform");
    const subject = imageOf("subject");
    const index = jsonBlob(
      {
        schemaVersion: 2,
        mediaType: mediaTypes.index,
        manifests: [inner.manifest.descriptor, elsewhere.manifest.descriptor],
        subject: subject.manifest.descriptor,
      },
      mediaTypes.index,
    );
    const unnamed = imageOf("unnamed");
    const parts = [inner, subject, unnamed].flatMap(({ layers, config, manifest }) => [
      ...layers,
      config,
      manifest,
    ]);
    await put(store, ...parts, index, blobOf("garbage"));
    const path = join(store.images, "index.json");
    await writeFile(path, JSON.stringify({ manifests: [unnamed.manifest.descriptor] }));
    await store.tag("a:1", index.descriptor);
    expect(await store.collectGarbage()).toMatchObject({ blobs: 1, unreadable: [] });
    expect(await missing(store, [...parts, index])).toEqual([]);
    expect(await store.check({ verify: true })).toEqual([]);
  });

  test("is not what a manifest that is to be kept leads to, whole or not", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const image = imageOf("one", "two");
    await putImage(store, "a:1", image);
    await store.untag("a:1");
    const keepBlobs = [image.manifest.descriptor.digest];
    expect(await store.collectGarbage({ keepBlobs })).toMatchObject({ blobs: 0 });
    await rm(join(store.images, "blobs", "sha256", image.config.descriptor.digest.slice(7)));
    await put(store, blobOf("garbage"));
    expect(await store.collectGarbage({ keepBlobs })).toMatchObject({ blobs: 1, unreadable: [] });
    expect(await missing(store, [...image.layers, image.manifest])).toEqual([]);
  });

  test.each([
    ["missing", (path: string) => rm(path)],
    ["damaged", (path: string) => writeFile(path, "{}")],
  ])("is nothing while a manifest that a name stands for is %s", async (_, spoil) => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const image = imageOf("one");
    await putImage(store, "a:1", image);
    await put(store, blobOf("garbage"));
    await unpack(store, [digestOf("other")]);
    const { digest } = image.manifest.descriptor;
    await spoil(join(store.images, "blobs", "sha256", digest.slice(7)));
    const nothing = { blobs: 0, layers: 0, unreadable: [digest] };
    expect(await store.collectGarbage()).toMatchObject(nothing);
    expect(await missing(store, [...image.layers, image.config])).toEqual([]);
  });

  test("is not what another image calls by a false type", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const victim = imageOf("victim");
    await putImage(store, "a:1", victim);
    const { manifest } = imageOf("evil");
    const body = JSON.parse(Buffer.from(manifest.bytes).toString()) as { layers: unknown[] };
    body.layers = [{ ...victim.manifest.descriptor, mediaType: mediaTypes.layer }];
    const evil = { ...imageOf("evil"), manifest: jsonBlob(body, mediaTypes.manifest) };
    await putImage(store, "b:1", evil);
    await store.collectGarbage();
    expect(await missing(store, [...victim.layers, victim.config, victim.manifest])).toEqual([]);
  });

  test("includes what broken attempts have left, and their locks", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    await writeFile(join(store.path, "incoming", `${"0".repeat(64)}.partial`), "12345");
    await writeFile(join(store.path, "locks", `blob-${"0".repeat(64)}`), "");
    expect(await store.diskUsage()).toMatchObject({ incoming: { count: 1, bytes: 5 } });
    expect(await store.collectGarbage()).toMatchObject({ incoming: 1, bytes: 5 });
    expect(existsSync(join(store.path, "locks", `blob-${"0".repeat(64)}`))).toBe(false);
  });
});

test("nothing is collected while somebody uses the store", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  await put(store, blobOf("loose"));
  const use = await store.use();
  const other = await store.use();
  let ended = false;
  const collecting = store.collectGarbage().finally(() => (ended = true));
  use.release();
  await put(store, blobOf("another"));
  expect(await store.tryCollectGarbage()).toBeUndefined();
  expect(ended).toBe(false);
  expect(await store.has(blobOf("loose").descriptor)).toBe(true);
  other.release();
  expect(await collecting).toMatchObject({ blobs: 2 });
  await put(store, blobOf("last"));
  expect(await store.tryCollectGarbage()).toMatchObject({ blobs: 1 });
});

test.each(["collectGarbage", "tryCollectGarbage"] as const)(
  "nobody can use the store until %s is done",
  async (collect) => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const events: string[] = [];
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let ask!: () => void;
    const asked = new Promise<void>((resolve) => (ask = resolve));
    const keepBlobs = async (): Promise<Digest[]> => {
      ask();
      await gate;
      return [];
    };
    const collecting = store[collect]({ keepBlobs }).then(() => events.push("collected"));
    await asked;
    const useIt = async (): Promise<void> => {
      await using _ = await store.use();
      events.push("used");
    };
    const using = useIt();
    // Long enough for who would not wait.
    await sleep(50);
    open();
    await Promise.all([collecting, using]);
    expect(events).toEqual(["collected", "used"]);
  },
);
