import { lstatSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ArchiveEntry } from "../../testing/layer-archive.ts";
import { dir, file, hardlink, someTime, symlink, whiteout } from "../../testing/layer-archive.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../testing/layer-directory.ts";
import { apply } from "../../testing/layer-host.ts";
import { isRoot } from "../../testing/layer-user.ts";
import { snapshotTree, type SnapshotEntry } from "../../testing/tree-snapshot.ts";
import { settleLayer } from "./settle.ts";

/** Applies layers on top of each other; the directories, the topmost last. */
async function stack(
  place: TemporaryDirectory,
  ...layers: readonly (readonly ArchiveEntry[])[]
): Promise<string[]> {
  const directories: string[] = [];
  for (const [index, entries] of layers.entries()) {
    const directory = join(place.root, `${index}`);
    mkdirSync(directory);
    const applied = await apply(directory, entries, { whiteouts: "overlay" });
    await settleLayer(directory, applied, directories.toReversed());
    directories.push(directory);
  }
  return directories;
}

async function topOf(
  place: TemporaryDirectory,
  ...layers: readonly (readonly ArchiveEntry[])[]
): Promise<Map<string, SnapshotEntry>> {
  return snapshotTree((await stack(place, ...layers)).at(-1)!);
}

describe("settleLayer", () => {
  test("gives directories that nobody describes what the topmost layer below has", async () => {
    await using place = temporaryDirectory();
    const owner = isRoot ? { uid: 7, gid: 8 } : {};
    const top = await topOf(
      place,
      [
        dir("./", { mode: 0o700 }),
        dir("a", { mode: 0o700 }),
        dir("a/b", { mode: 0o711, mtime: 3n, ...owner, xattrs: { "user.x": "1" } }),
      ],
      [dir("a", { mode: 0o750, mtime: 4n })],
      [file("a/b/f", ""), file("new/f", "")],
    );
    expect(top.get(".")).toMatchObject({ mode: "700", mtime: someTime });
    expect(top.get("a")).toMatchObject({ mode: "750", mtime: 4n });
    expect(top.get("a/b")).toMatchObject({ mode: "711", mtime: 3n });
    expect(top.get("a/b")!.xattrs).toMatchObject({ "user.x": "0x31" });
    if (isRoot) expect(top.get("a/b")).toMatchObject(owner);
    expect(top.get("new")).toMatchObject({ mode: "755", mtime: 0n });
  });

  test("takes nothing from what a layer between hides", async () => {
    await using place = temporaryDirectory();
    const below = [
      dir("a", { mode: 0o700 }),
      dir("a/b", { mode: 0o700 }),
      dir("c", { mode: 0o700 }),
    ];
    const top = await topOf(
      place,
      below,
      [whiteout("a/.wh..wh..opq"), whiteout(".wh.c")],
      [file("a/b/f", ""), file("c/f", "")],
    );
    expect(top.get("a")).toMatchObject({ mode: "700" });
    expect(top.get("a/b")).toMatchObject({ mode: "755" });
    expect(top.get("c")).toMatchObject({ mode: "755" });
  });

  test("copies the file of a hard link from below, once for all links to it", async () => {
    await using place = temporaryDirectory();
    const top = await topOf(
      place,
      [
        dir("d", { mode: 0o711, mtime: 9n }),
        file("d/f", "content", { mode: 0o4755, xattrs: { "user.x": "1" } }),
      ],
      [
        dir("e", { mtime: 5n }),
        hardlink("e/one", "d/f"),
        hardlink("e/two", "/d/f"),
        hardlink("e/three", "e/one"),
      ],
    );
    const same = ["d/f", "e/one", "e/three", "e/two"];
    expect(top.get("d/f")).toMatchObject({
      mode: "4755",
      mtime: someTime,
      size: 7,
      links: 4,
      same,
    });
    expect(top.get("d/f")!.xattrs).toMatchObject({ "user.x": "0x31" });
    expect(top.get("d")).toMatchObject({ mode: "711", mtime: 9n });
    expect(top.get("e")).toMatchObject({ mtime: 5n });
  });

  test("copies a symbolic link for a hard link to it, and follows none on the way", async () => {
    await using place = temporaryDirectory();
    const below = [dir("d"), file("d/f", "x"), symlink("s", "d/f"), symlink("way", "d")];
    const top = await topOf(place, below, [hardlink("t", "s")]);
    expect(top.get("t")).toMatchObject({ type: "symlink", target: "d/f", links: 2 });
    await using other = temporaryDirectory();
    await expect(stack(other, below, [hardlink("t", "way/f")])).rejects.toMatchObject({
      code: "X_IMAGE_ARCHIVE",
      field: "t",
      message: /a hard link to way\/f, which neither this layer nor those below have/,
    });
  });

  test("keeps the file of a hard link whose other name the layer hides or replaces", async () => {
    await using place = temporaryDirectory();
    const top = await topOf(
      place,
      [file("a", "old a"), file("b", "old b")],
      [hardlink("c", "a"), whiteout(".wh.a"), hardlink("d", "b"), file("b", "new")],
    );
    expect(top.get("a")).toMatchObject({ type: "character", device: "0:0" });
    expect(top.get("c")).toMatchObject({ type: "file", size: 5, links: 1 });
    expect(top.get("d")).toMatchObject({ type: "file", size: 5, links: 1 });
    expect(top.get("b")).toMatchObject({ size: 3 });
  });

  test("refuses a hard link to a directory of another layer, or to nothing", async () => {
    for (const target of ["d", "none", "d/none"]) {
      await using place = temporaryDirectory();
      await expect(stack(place, [dir("d")], [hardlink("l", target)])).rejects.toMatchObject({
        code: "X_IMAGE_ARCHIVE",
        field: "l",
      });
    }
  });

  test("takes whiteouts of nothing away, and directories that are there for nothing else", async () => {
    await using place = temporaryDirectory();
    const top = await topOf(
      place,
      [dir("d"), file("d/f", "")],
      [
        dir("d", { mtime: 6n }),
        whiteout("d/.wh.f"),
        whiteout("d/.wh.none"),
        whiteout("x/y/.wh.z"),
        whiteout("o/.wh..wh..opq"),
      ],
    );
    expect([...top.keys()]).toEqual([".", "d", "d/f"]);
    expect(top.get("d")).toMatchObject({ mtime: 6n });
  });

  test("hides each name of the layers below where the root is opaque", async () => {
    await using place = temporaryDirectory();
    const top = await topOf(
      place,
      [dir("d"), file("d/f", ""), file("f", ""), dir("gone")],
      [whiteout(".wh..wh..opq"), whiteout(".wh.gone"), dir("d"), file("d/g", "")],
    );
    const opaque = isRoot ? "trusted.overlay.opaque" : "user.overlay.opaque";
    expect(top.get("f")).toMatchObject({ type: "character", device: "0:0" });
    expect(top.get("gone")).toMatchObject({ type: "character", device: "0:0" });
    if (isRoot) expect(top.get("d")!.xattrs).toEqual({ [opaque]: "0x79" });
  });

  test("does not touch the layers below, nor anything outside by way of their links", async () => {
    await using place = temporaryDirectory();
    const outside = join(place.path, "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "canary"), "sings");
    const below = [symlink("way", outside), dir("d"), file("d/f", "x")];
    const [lower] = await stack(place, below);
    const before = [await snapshotTree(lower!), await snapshotTree(outside)];
    const upper = join(place.root, "upper");
    mkdirSync(upper);
    const layer = [
      hardlink("l", "d/f"),
      file("way/f", "x"),
      hardlink("m", "way/canary"),
      whiteout("way/.wh.canary"),
    ];
    const applied = await apply(upper, layer, { whiteouts: "overlay" });
    await expect(settleLayer(upper, applied, [lower!])).rejects.toMatchObject({ field: "m" });
    expect([await snapshotTree(lower!), await snapshotTree(outside)]).toEqual(before);
    expect(lstatSync(join(outside, "canary")).nlink).toBe(1);
  });

  test("says which layer is not there", async () => {
    await using place = temporaryDirectory();
    const [layer] = await stack(place, [file("f", "")]);
    const none = join(place.path, "none");
    const applied = await apply(place.root, [], {});
    for (const settling of [
      settleLayer(layer!, applied, [none]),
      settleLayer(none, applied, [layer!]),
    ]) {
      await expect(settling).rejects.toMatchObject({ code: "X_IMAGE_STORE", field: none });
    }
  });

  test("leaves no descriptor open", async () => {
    await using place = temporaryDirectory();
    await stack(place, [file("warm", "")]);
    const before = readdirSync("/proc/self/fd").length;
    await using other = temporaryDirectory();
    await stack(other, [dir("a"), file("a/f", "")], [hardlink("l", "a/f"), file("a/b/c", "")]);
    await stack(other, [hardlink("l", "none")]).catch(() => {});
    expect(readdirSync("/proc/self/fd").length).toBe(before);
  });
});
