import * as fc from "fast-check";
import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { entryMeaning, entryPath } from "./entry-path.ts";

const pathOf = (name: string): string => {
  const { parent, leaf } = entryPath(Buffer.from(name, "latin1"));
  return parent === "" ? leaf : `${parent}/${leaf}`;
};

describe("the name of an entry", () => {
  test.each([
    ["a", "", "a"],
    ["a/b/c", "a/b", "c"],
    ["./a/b/", "a", "b"],
    ["/a/b", "a", "b"],
    ["a//b", "a", "b"],
    ["a/./b", "a", "b"],
    ["a/../b", "", "b"],
    ["../../a", "", "a"],
    ["/..", "", ""],
    ["a/..", "", ""],
    [".", "", ""],
    ["./", "", ""],
    ["//", "", ""],
    ["..a/...", "..a", "..."],
  ])("%s lies in %j and is %j there", (name, parent, leaf) => {
    expect(entryPath(Buffer.from(name))).toEqual({ parent, leaf });
  });

  test("is the clean path below the root, whatever it is made of", () => {
    const part = fc.constantFrom("a", "..", ".", "", "b", "...", ".a", "\xff");
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (parts) => {
        const name = parts.join("/");
        fc.pre(name !== "");
        expect(`/${pathOf(name)}`).toBe(posix.resolve("/", name));
      }),
    );
  });
});

describe("what an entry's name means", () => {
  const meaning = (name: string): unknown => {
    const bytes = Buffer.from(name);
    return entryMeaning(entryPath(bytes), bytes);
  };

  test.each([
    ["a/b", { kind: "file" }],
    ["a/.wh", { kind: "file" }],
    ["a/.whx", { kind: "file" }],
    ["a/.wh.b", { kind: "whiteout", name: "b" }],
    [".wh.b", { kind: "whiteout", name: "b" }],
    ["a/.wh..b", { kind: "whiteout", name: ".b" }],
    ["a/.wh.wh.b", { kind: "whiteout", name: "wh.b" }],
    ["a/.wh..wh..opq", { kind: "opaque" }],
    [".wh..wh.aufs", { kind: "bookkeeping" }],
    [".wh..wh.plnk/1.2", { kind: "bookkeeping" }],
  ])("%s: %j", (name, expected) => {
    expect(meaning(name)).toEqual(expected);
  });

  test.each([".wh.", "a/.wh.", "a/.wh..", "a/.wh...", ".wh.a/b", "a/.wh.b/c"])(
    "%s is refused by its name",
    (name) => {
      expect(() => meaning(name)).toThrow(
        expect.objectContaining({ code: "X_IMAGE_ARCHIVE", field: name }),
      );
    },
  );
});
