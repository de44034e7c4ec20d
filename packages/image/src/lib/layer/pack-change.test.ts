import { describe, expect, test } from "vitest";
import { addChange, noChanges, type ChangeTree, type LayerChange } from "./pack-change.ts";

const treeOf = (...changes: LayerChange[]): ChangeTree => {
  const tree = noChanges();
  for (const change of changes) addChange(tree, change);
  return tree;
};

const added = (path: string, more: Partial<LayerChange> = {}): LayerChange => ({
  path,
  kind: "added",
  ...more,
});

describe("changes by directory", () => {
  test("have the directories above them", () => {
    const tree = treeOf(added("a/b/c"), { path: "a/gone", kind: "deleted" });
    const a = tree.entries.get("a")!;
    expect([...a.deleted]).toEqual(["gone"]);
    expect([...a.entries.get("b")!.entries.keys()]).toEqual(["c"]);
    expect(a.opaque).toBe(false);
  });

  test("are opaque where nothing below counts, and do not repeat what that hides", () => {
    const tree = treeOf(
      added("d", { kind: "modified", opaque: true }),
      { path: "d/hidden", kind: "deleted", covered: true },
      added("d/new"),
    );
    const d = tree.entries.get("d")!;
    expect([d.opaque, [...d.deleted], [...d.entries.keys()]]).toEqual([true, [], ["new"]]);
  });

  test("keep names that are no UTF-8 to the byte", () => {
    const pathBytes = Uint8Array.of(0x64, 0x2f, 0xff);
    const tree = treeOf(added("d/\ufffd", { pathBytes }));
    expect([...tree.entries.get("d")!.entries.keys()]).toEqual(["\u00ff"]);
  });

  test.each(["", "/etc", "a//b", "a/../b", "./a", "a/", "a\0b", "a/.wh.b", ".wh..wh..opq"])(
    "are not at %j",
    (path) => {
      expect(() => treeOf(added(path))).toThrow(
        expect.objectContaining({ code: "X_IMAGE_INVALID", field: path }),
      );
    },
  );
});
