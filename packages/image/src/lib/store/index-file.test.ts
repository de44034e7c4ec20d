import { describe, expect, test } from "vitest";
import { blobOf } from "../../testing/store-content.ts";
import { mediaTypes } from "../spec/media-type.ts";
import {
  checkName,
  formatIndexFile,
  nameAnnotation,
  namedIn,
  parseIndexFile,
  rootsOf,
  withName,
  withoutNamed,
} from "./index-file.ts";

const { descriptor } = blobOf("a", mediaTypes.manifest);
const other = blobOf("b", mediaTypes.manifest).descriptor;
const foreign = {
  schemaVersion: 2,
  "com.example.more": { a: [1] },
  manifests: [{ ...other, annotations: { "com.example.key": "value" } }, "what is this"],
};

describe("index.json", () => {
  test("keeps what others have written in it", () => {
    const index = parseIndexFile(JSON.stringify(foreign), "index.json");
    const named = withName(index, "a:1", descriptor);
    expect(JSON.parse(formatIndexFile(named))).toEqual({
      ...foreign,
      manifests: [
        ...foreign.manifests,
        { ...descriptor, annotations: { [nameAnnotation]: "a:1" } },
      ],
    });
    expect(withoutNamed(named, "a:1")).toEqual(foreign);
  });

  test("has one entry for a name, whatever it stood for before", () => {
    let index = parseIndexFile('{"manifests":[]}', "index.json");
    index = withName(withName(index, "a:1", descriptor), "a:1", other);
    expect(namedIn(index)).toEqual([{ name: "a:1", descriptor: other }]);
  });

  test("gives no name out that could change a terminal", () => {
    const annotations = { [nameAnnotation]: "a\u001b[2J:1" };
    const index = { manifests: [{ ...descriptor, annotations }] };
    expect(namedIn(index)).toEqual([]);
    expect(rootsOf(index)).toHaveLength(1);
  });

  test("keeps the annotations of a descriptor, and gives it back without the name", () => {
    const annotated = { ...descriptor, annotations: { key: "value" } };
    const index = withName(parseIndexFile('{"manifests":[]}', ""), "a:1", annotated);
    expect(namedIn(index)[0]!.descriptor).toEqual(annotated);
  });

  test("is the same object when a name that is not there is taken away", () => {
    const index = parseIndexFile('{"manifests":[]}', "index.json");
    expect(withoutNamed(index, "a:1")).toBe(index);
  });

  test("leads to what can be followed, named or not", () => {
    const index = parseIndexFile(JSON.stringify(foreign), "index.json");
    expect(rootsOf(index).map(({ digest }) => digest)).toEqual([other.digest]);
    expect(namedIn(index)).toEqual([]);
  });

  test.each(["", "{", "[]", "null", '{"manifests":{}}'])(
    "%j is refused, with what mends it",
    (text) => {
      expect(() => parseIndexFile(text, "index.json")).toThrow(
        expect.objectContaining({
          code: "X_IMAGE_STORE",
          hint: expect.stringMatching(/x system check/),
        }),
      );
    },
  );
});

test.each(["", "a b", "a\nb", "a\u001b[1m", "a".repeat(1025)])("%j cannot be a name", (name) => {
  expect(() => checkName(name)).toThrow(expect.objectContaining({ code: "X_IMAGE_REFERENCE" }));
});

test.each(["docker.io/library/busybox:latest", "[::1]:5000/a@sha256:00"])(
  "%s can be a name",
  (name) => {
    expect(() => checkName(name)).not.toThrow();
  },
);
