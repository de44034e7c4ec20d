import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { blobOf, put, temporaryStore } from "../../testing/store-content.ts";
import { startOnStore } from "../../testing/store-process.ts";
import { mediaTypes } from "../spec/media-type.ts";

const named = blobOf("named", mediaTypes.manifest);

test("names that eight processes give at once are all there", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  await put(store, named);
  const letters = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const all = letters.map((letter) => startOnStore("tag", store.path, letter));
  await Promise.all(all.map(({ done }) => done));
  const expected = letters.flatMap((letter) =>
    Array.from({ length: 20 }, (_, index) => `${letter}:${index}`),
  );
  const found = (await store.references()).map(({ name }) => name);
  expect(found.toSorted()).toEqual(expected.toSorted());
});

test("a name is taken away alone, and only once", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  await put(store, named);
  await store.tag("a:1", named.descriptor);
  await store.tag("a:2", named.descriptor);
  expect(await store.untag("a:1")).toBe(true);
  expect(await store.untag("a:1")).toBe(false);
  expect(await store.references()).toEqual([{ name: "a:2", descriptor: named.descriptor }]);
});

test("no name is given to what is not there, or of another size", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  const refusal = { code: "X_IMAGE_NOT_FOUND" };
  await expect(store.tag("a:1", named.descriptor)).rejects.toMatchObject(refusal);
  await put(store, named);
  const longer = { ...named.descriptor, size: 6 };
  await expect(store.tag("a:1", longer)).rejects.toMatchObject(refusal);
  await expect(store.tag("a 1", named.descriptor)).rejects.toMatchObject({
    code: "X_IMAGE_REFERENCE",
  });
  expect(await store.references()).toEqual([]);
});

test("what others have written into index.json stays", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  await put(store, named);
  const path = join(store.images, "index.json");
  const foreign = {
    schemaVersion: 2,
    more: true,
    manifests: [{ ...named.descriptor, platform: {} }],
  };
  await writeFile(path, JSON.stringify(foreign));
  await store.tag("a:1", named.descriptor);
  await store.untag("a:1");
  expect(JSON.parse(await readFile(path, "utf8"))).toEqual(foreign);
});

test("a damaged index.json is told, and not written over", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  await put(store, named);
  const path = join(store.images, "index.json");
  await writeFile(path, '{"manifests": [');
  const damaged = { code: "X_IMAGE_STORE", hint: expect.stringMatching(/x system check/) };
  await expect(store.tag("a:1", named.descriptor)).rejects.toMatchObject(damaged);
  await expect(store.references()).rejects.toMatchObject(damaged);
  await expect(store.collectGarbage()).rejects.toMatchObject(damaged);
  expect(await readFile(path, "utf8")).toBe('{"manifests": [');
  expect(await store.has(named.descriptor)).toBe(true);
});
