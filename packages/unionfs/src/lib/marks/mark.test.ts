import { expect, test } from "vitest";
import { readMark, writeMark, type Mark, type MarkConvention } from "./mark.ts";

const conventions: readonly MarkConvention[] = ["overlay", "overlay-user", "aufs", "oci"];
const marks = [{ kind: "whiteout", name: "a b" }, { kind: "opaque" }] as const;

test("a mark written in any convention is read back as what it was", () => {
  for (const convention of conventions) {
    for (const mark of marks) {
      expect(readMark(writeMark(mark, convention), convention)).toEqual(mark);
    }
  }
});

test("in each convention a mark looks as its specification says", () => {
  expect(writeMark(marks[0], "oci")).toEqual({ name: ".wh.a b", type: "file", size: 0 });
  expect(writeMark(marks[1], "aufs")).toEqual({ name: ".wh..wh..opq", type: "file", size: 0 });
  const device = { name: "a b", type: "character", major: 0, minor: 0 };
  expect(writeMark(marks[0], "overlay-user")).toEqual(device);
  const attributes = new Map([["user.overlay.opaque", Buffer.from("y")]]);
  expect(writeMark(marks[1], "overlay-user")).toEqual({ name: ".", type: "directory", attributes });
});

test.each<[string, Mark | undefined]>([
  [".wh.name", { kind: "whiteout", name: "name" }],
  [".wh..wh..opq", { kind: "opaque" }],
  [".wh..wh.plnk", { kind: "noise" }],
  [".wh..wh.aufs", { kind: "noise" }],
  [".wh.", { kind: "noise" }],
  [".wh..", { kind: "noise" }],
  [".wh...", { kind: "noise" }],
  [".why", undefined],
  ["name", undefined],
])("as a name of an image's layer, %s means %o", (name, mark) => {
  expect(readMark({ name, type: "file", size: 0 }, "oci")).toEqual(mark);
});

test("what only looks like a mark of overlay is none", () => {
  const opaque = (name: string, value: string): Mark | undefined => {
    const attributes = new Map([[name, Buffer.from(value)]]);
    return readMark({ name: ".", type: "directory", attributes }, "overlay");
  };
  expect(opaque("trusted.overlay.opaque", "y")).toEqual({ kind: "opaque" });
  expect(opaque("trusted.overlay.opaque", "x")).toBeUndefined();
  expect(opaque("user.overlay.opaque", "y")).toBeUndefined();
  expect(opaque("trusted.overlay.overlay.opaque", "y")).toBeUndefined();
  const device = { name: "null", type: "character", major: 1, minor: 3 } as const;
  expect(readMark(device, "overlay")).toBeUndefined();
});
