import { chmodSync, lutimesSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { folder, type Folder } from "../../testing/folder.ts";
import { list } from "../../testing/list.ts";
import { attribute, whiteout } from "../../testing/marks.ts";
import { UnionError } from "../error.ts";
import { changes } from "./changes.ts";

const root = process.getuid?.() === 0;
const then = new Date("2020-02-02T02:02:02Z");

/** Of a tree, so that directories that are alike look alike. */
function old(place: Folder, ...paths: string[]): void {
  for (const path of paths) lutimesSync(place.at(path), then, then);
}

describe("changes of an overlay", () => {
  test.each([
    { attributes: "user" as const, prefix: "user.overlay" },
    ...(root ? [{ attributes: "trusted" as const, prefix: "trusted.overlay" }] : []),
  ])("are told by devices 0:0 and $prefix attributes", async ({ attributes, prefix }) => {
    using place = folder();
    const lower = [
      place.tree("l1", { "etc/hosts": "1", "opt/a/b": "1" }),
      place.tree("l2", { "etc/passwd": "2", "var/log/x": "2", "var/log/y": "2", "opt/a/c": "" }),
    ];
    const upper = place.tree("u", {
      "etc/hosts": "new",
      "new/file": "",
      "opt/a/d": "",
      "var/log/y": "again",
      "var/log/z": "",
    });
    whiteout(place.at("u/etc/passwd"));
    whiteout(place.at("u/etc/nothing"));
    attribute(place.at("u/var/log"), `${prefix}.opaque`, "y");
    attribute(place.at("u/new"), `${prefix}.opaque`, "y");
    old(place, "l1/opt", "u/opt", "l1/opt/a", "u/opt/a", "l1/etc", "u/etc", "l2/var", "u/var");

    expect(await list(changes(upper, lower, { attributes }))).toEqual([
      "C etc",
      "C etc/hosts",
      "D etc/passwd",
      "A new",
      "A new/file",
      "C opt",
      "C opt/a",
      "A opt/a/d",
      "C var",
      "C var/log opaque",
      "D var/log/x covered",
      "C var/log/y",
      "A var/log/z",
    ]);
  });

  test("a whiteout in one layer hides what is below it, and an opaque directory too", async () => {
    using place = folder();
    place.tree("l1", { d: null });
    place.tree("l2", { "a/hidden": "", "d/hidden": "" });
    const lower = [place.at("l1"), place.at("l2")];
    whiteout(place.at("l1/a"));
    attribute(place.at("l1/d"), "user.overlay.opaque", "y");
    const upper = place.tree("u", { "a/hidden": "", "d/hidden": "" });
    old(place, "l1/d", "u/d");

    expect(await list(changes(upper, lower, { attributes: "user" }))).toEqual([
      "A a",
      "A a/hidden",
      "C d",
      "A d/hidden",
    ]);
  });

  test("an empty file with an attribute is a whiteout where the directory says so", async () => {
    using place = folder();
    const lower = [place.tree("l", { "d/gone": "", "d/kept": "", "e/kept": "" })];
    const upper = place.tree("u", { "d/gone": "", "e/kept": "" });
    attribute(place.at("u/d"), "user.overlay.opaque", "x");
    attribute(place.at("u/d/gone"), "user.overlay.whiteout", "");
    attribute(place.at("u/e/kept"), "user.overlay.whiteout", "");

    expect(await list(changes(upper, lower, { attributes: "user" }))).toEqual([
      "C d",
      "D d/gone",
      "C e",
      "C e/kept",
    ]);
  });

  test("a directory that was only copied up is none, one with another mode is", async () => {
    using place = folder();
    const lower = [place.tree("l", { "same/x": "", "other/x": "", "marked/x": "" })];
    const upper = place.tree("u", { same: null, other: null, marked: null });
    attribute(place.at("u/same"), "user.overlay.impure", "y");
    attribute(place.at("u/marked"), "user.note", "mine");
    chmodSync(place.at("u/other"), 0o700);
    old(place, ...["same", "other", "marked"].flatMap((name) => [`l/${name}`, `u/${name}`]));

    expect(await list(changes(upper, lower, { attributes: "user" }))).toEqual([
      "C marked",
      "C other",
    ]);
  });

  test("a file in the place of a directory, and the other way round", async () => {
    using place = folder();
    const lower = [place.tree("l", { "was-directory/x": "", "was-file": "" })];
    const upper = place.tree("u", { "was-directory": "", "was-file/x": "" });

    expect(await list(changes(upper, lower, { attributes: "user" }))).toEqual([
      "C was-directory",
      "C was-file",
      "A was-file/x",
    ]);
  });

  test("names are bytes, and sorted by them", async () => {
    using place = folder();
    const upper = place.tree("u", { b: "", "a.x": "", "a/x": "", "\u{1F600}": "", "\uFFFD": "" });
    const odd = Buffer.concat([Buffer.from(`${upper}/`), Buffer.from([0xff])]);
    writeFileSync(odd, "");

    const found = [];
    for await (const change of changes(upper, [place.tree("l", {})])) found.push(change);
    expect(found.map(({ path }) => path)).toEqual([
      ...["a", "a/x", "a.x", "b", "\uFFFD", "\u{1F600}", "\uFFFD"],
    ]);
    expect(found.at(-1)!.pathBytes).toEqual(Uint8Array.of(0xff));
  });
});

describe("a layer of unknown origin", () => {
  test("leads nobody outside by a link where a directory was", async () => {
    using place = folder();
    place.tree("outside", { secret: "" });
    const lower = [place.tree("l", { "d/x": "" })];
    const upper = place.tree("u", {});
    symlinkSync(place.at("outside"), place.at("u/d"));
    symlinkSync(place.at("outside"), place.at("l/e"));
    mkdirSync(place.at("u/e"));

    expect(await list(changes(upper, lower))).toEqual(["C d", "C e"]);
  });

  test.runIf(root)(
    "says nothing by attributes that the kernel would not listen to (root alone can show it)",
    async () => {
      using place = folder();
      const lower = [place.tree("l", { "d/x": "" })];
      const upper = place.tree("u", { "d/y": "" });
      attribute(place.at("u/d"), "user.overlay.opaque", "y");

      expect(await list(changes(upper, lower, { attributes: "trusted" }))).toEqual([
        "C d",
        "A d/y",
      ]);
      expect(await list(changes(upper, lower, { attributes: "user" }))).toContain("C d opaque");
    },
  );
});

describe("changes of aufs", () => {
  test("are told by names, and its own files are noise", async () => {
    using place = folder();
    const lower = [place.tree("l1", { "d/x": "", ".wh.old": "" }), place.tree("l2", { old: "" })];
    const upper = place.tree("u", {
      ".wh.f": "",
      ".wh..wh.aufs": "",
      ".wh..wh.plnk/1.2": "",
      ".wh..wh.orph": null,
      "d/.wh..wh..opq": "",
      "d/y": "",
      old: "",
    });
    place.tree("l1", { f: "" });

    expect(await list(changes(upper, lower, { driver: "aufs" }))).toEqual([
      "C d opaque",
      "D d/x covered",
      "A d/y",
      "D f",
      "A old",
    ]);
  });
});

describe("changes of a copy", () => {
  test("are what differs from all layers below together", async () => {
    using place = folder();
    const lower = [
      place.tree("l1", { "a/one": "1", "a/same": "s" }),
      place.tree("l2", { "a/two": "2", "b/gone": "", c: "", "e/x": "" }),
    ];
    whiteout(place.at("l1/c"));
    const upper = place.tree("u", {
      "a/one": "2",
      "a/same": "s",
      "a/two": "2",
      "b/new": "",
      c: "",
    });
    const both = [["l1", ["a", "a/same"]] as const, ["l2", ["a/two", "b"]] as const];
    for (const [layer, names] of both) {
      old(place, ...names.flatMap((name) => [`${layer}/${name}`, `u/${name}`]));
    }
    utimesSync(place.at("u/a/two"), then, then);
    attribute(place.at("u/a/two"), "user.note", "mine");

    expect(await list(changes(upper, lower, { driver: "copy", attributes: "user" }))).toEqual([
      "C a",
      "C a/one",
      "C a/two",
      "C b",
      "D b/gone",
      "A b/new",
      "A c",
      "D e",
    ]);
  });
});

describe("reading", () => {
  test("ends when it is aborted, and leaves no descriptor open", async () => {
    using place = folder();
    const upper = place.tree(
      "u",
      Object.fromEntries([..."abcdef"].map((name) => [`${name}/x`, ""])),
    );
    const controller = new AbortController();
    const found = changes(upper, [place.tree("l", {})], { signal: controller.signal });
    await found.next();
    controller.abort(new Error("enough"));
    await expect(found.next()).rejects.toThrow("enough");
  });

  test("a layer that is not there is named", async () => {
    using place = folder();
    const found = changes(place.tree("u", {}), [place.at("missing")]);
    const error = await found.next().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnionError);
    expect(error).toMatchObject({ code: "X_UNION_READ", field: "lower[0]" });
  });
});
