import { readFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { jsonBlob, put, temporaryStore } from "../../../testing/store-content.ts";
import { chain, damages, image, layerOf, name, pull } from "../../../testing/store-damage.ts";
import { startOnStore } from "../../../testing/store-process.ts";
import { mediaTypes } from "../../spec/media-type.ts";

describe("a check finds, and mends so that the next pull works, that", () => {
  test.each(damages)("$title", async ({ spoil, finds, mends = finds }) => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    await pull(store);
    expect(await store.check({ verify: true })).toEqual([]);
    await spoil(store);
    const found = await store.check({ verify: true });
    expect(found.map(({ kind }) => kind)).toEqual(finds);
    for (const finding of found) {
      expect(finding).toEqual({
        kind: finding.kind,
        subject: expect.any(String),
        message: expect.any(String),
        hint: expect.stringMatching(/^When it is mended: /),
      });
    }
    const mended = await store.check({ verify: true, repair: true });
    expect(mended.map(({ kind, repaired }) => [kind, repaired])).toEqual(
      mends.map((kind) => [kind, true]),
    );
    expect(await store.check({ verify: true })).toEqual([]);
    await pull(store);
    expect(await store.check({ verify: true })).toEqual([]);
    const { manifest } = image;
    expect(await store.resolve(name)).toEqual(manifest.descriptor);
    expect(Buffer.from(await store.readAll(manifest.descriptor.digest))).toEqual(manifest.bytes);
  });
});

test("a layer that a container uses is never removed", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  await pull(store);
  await rm(join(layerOf(store, chain[1]), "layer.json"));
  const options = { repair: true, keepLayers: [chain[1]] };
  expect(await store.check(options)).toMatchObject([
    { kind: "layer-without-record", repaired: false, hint: expect.stringMatching(/container/) },
  ]);
  expect(await readdir(layerOf(store, chain[1]))).toEqual(["diff"]);
});

test("images whose names are lost with index.json get new names, and the file is kept", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  await pull(store);
  const index = jsonBlob(
    { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [image.manifest.descriptor] },
    mediaTypes.index,
  );
  await put(store, index);
  await writeFile(join(store.images, "index.json"), "\0\0\0");
  await store.check({ repair: true });
  const digits = index.descriptor.digest.slice(7, 19);
  expect(await store.references()).toEqual([
    { name: `localhost/recovered:${digits}`, descriptor: index.descriptor },
  ]);
  const copy = (await readdir(store.images)).find((name) => name.startsWith("index.json.damaged"));
  expect(await readFile(join(store.images, copy!), "utf8")).toBe("\0\0\0");
  expect(await store.collectGarbage()).toMatchObject({ blobs: 0 });
});

test("names that can be read of a damaged index.json stay", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  await pull(store);
  await store.tag("localhost/b:2", image.manifest.descriptor);
  const path = join(store.images, "index.json");
  await truncate(path, (await readFile(path)).length - 2);
  await store.check({ repair: true });
  expect((await store.references()).map(({ name }) => name)).toEqual([name, "localhost/b:2"]);
});

test("what another process is bringing is no finding, and mending waits for it", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  await using other = startOnStore("slow", store.path, "600000");
  await other.begun;
  expect(await store.check()).toEqual([]);
  const signal = AbortSignal.timeout(100);
  await expect(store.check({ repair: true, signal })).rejects.toThrow(/timeout/);
  const mending = store.check({ repair: true });
  await other.kill();
  expect(await mending).toMatchObject([{ kind: "stale-incoming", repaired: true }]);
});

test("reading all blobs is reported as it goes", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  await pull(store);
  const heard: number[] = [];
  const totals = new Set<number>();
  await store.check({
    verify: true,
    onProgress({ bytes, total }) {
      heard.push(bytes);
      totals.add(total);
    },
  });
  expect(heard).toHaveLength(4);
  expect([...totals]).toEqual([heard.at(-1)]);
});
