import { assert, nat, property, string } from "fast-check";
import { expect, test } from "vitest";
import { blobOf } from "../../../testing/store-content.ts";
import { formatIndexFile, nameAnnotation, withName, type IndexFile } from "../index-file.ts";
import { salvage } from "./salvage.ts";

const names = ["a:1", 'b"}{:2', "c\\:3", "d:4"];
const index = names.reduce<IndexFile>(
  (index, name) => withName(index, name, blobOf(name).descriptor),
  { schemaVersion: 2, manifests: [] },
);
const text = formatIndexFile(index);

test("all of an index.json that is whole is found", () => {
  expect(salvage(text)).toEqual(index.manifests);
});

test("all entries before the place where an index.json breaks off are found", () => {
  assert(
    property(nat(text.length), (length) => {
      const rest = text.slice(0, length);
      const whole = index.manifests.filter((entry) => rest.includes(JSON.stringify(entry)));
      expect(salvage(rest)).toEqual(whole);
    }),
  );
});

test("entries around a damaged one are found", () => {
  const damaged = text.replace(blobOf("c\\:3").descriptor.digest, "sha256:0");
  expect(salvage(damaged).map(({ annotations }) => annotations?.[nameAnnotation])).toEqual([
    "a:1",
    'b"}{:2',
    "d:4",
  ]);
});

test("in what is no index.json nothing is found, and no error thrown", () => {
  assert(property(string(), (text) => salvage(text).length === 0));
});
