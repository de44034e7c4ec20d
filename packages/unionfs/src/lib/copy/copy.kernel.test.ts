import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { AT_FDCWD, makedev, S_IFCHR, syscall } from "@x/syscall";
import { describe, expect, test } from "vitest";
import { mountUnion } from "../mount-union.ts";
import { folder, type Folder } from "../../testing/folder.ts";
import { attribute, whiteout } from "../../testing/marks.ts";
import { getAttribute } from "../tree/attributes.ts";

const root = process.getuid?.() === 0;
const then = new Date("1969-12-31T23:59:58.5Z");

/** All that a copy should keep, of every entry. */
function look(path: string): unknown[] {
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .toSorted()
    .map((name) => {
      const full = `${path}/${name}`;
      const { mode, uid, gid, mtimeNs, size, nlink, rdev } = lstatSync(full, { bigint: true });
      const link = (mode & 0o170000n) === 0o120000n ? readlinkSync(full) : null;
      const directory = (mode & 0o170000n) === 0o040000n;
      const [note, capability] = ["user.note", "security.capability"].map((attribute) =>
        Buffer.from(getAttribute(Buffer.from(full), attribute) ?? []).toString("hex"),
      );
      const sizes = directory ? null : { size, nlink, rdev };
      return { name, mode, uid, gid, mtimeNs, sizes, link, note, capability };
    });
}

function everything(place: Folder): string {
  const layer = place.tree("l", { "d/file": "content", "d/empty": "", "e/f": null });
  linkSync(`${layer}/d/file`, `${layer}/e/again`);
  symlinkSync("../nowhere", `${layer}/e/link`);
  execFileSync("mkfifo", [`${layer}/e/fifo`]);
  writeFileSync(`${layer}/big`, Buffer.alloc(1 << 20, "big"));
  writeFileSync(`${layer}/sparse`, "");
  truncateSync(`${layer}/sparse`, 2 ** 40);
  const sparse = openSync(`${layer}/sparse`, "r+");
  writeSync(sparse, "in the middle", 2 ** 39);
  closeSync(sparse);
  attribute(`${layer}/d/file`, "user.note", "kept");
  chmodSync(`${layer}/d/file`, 0o6711);
  chmodSync(`${layer}/e`, 0o1777);
  if (root) {
    const capability = "\u0001\u0000\u0000\u0002\u0000\u0004" + "\u0000".repeat(14);
    chownSync(`${layer}/d/empty`, 1000, 1001);
    attribute(`${layer}/d/empty`, "security.capability", capability);
    syscall("mknodat", AT_FDCWD, `${layer}/e/null`, S_IFCHR | 0o666, makedev(1, 3));
  }
  lutimesSync(`${layer}/e/link`, then, then);
  for (const name of ["d/file", "d", "e/f", "e"]) utimesSync(`${layer}/${name}`, then, then);
  return layer;
}

describe("a copy", () => {
  test("keeps owners, modes, times, attributes, links, devices and contents", async () => {
    using place = folder();
    const layer = everything(place);
    await using union = await mountUnion({
      driver: "copy",
      lower: [layer],
      upper: place.tree("u", {}),
      target: place.tree("t", {}),
    });
    expect(look(union.target)).toEqual(look(layer));
    expect(readFileSync(`${union.target}/big`).equals(readFileSync(`${layer}/big`))).toBe(true);
    expect(lstatSync(`${union.target}/sparse`).blocks).toBeLessThan(64);
    const middle = Buffer.alloc(13);
    const sparse = openSync(`${union.target}/sparse`, "r");
    readSync(sparse, middle, 0, 13, 2 ** 39);
    closeSync(sparse);
    expect(middle.toString()).toBe("in the middle");
    expect(union.notices).toEqual([]);
    const changed = [];
    for await (const change of union.changes()) changed.push(change);
    expect(changed).toEqual([]);
  });

  test("is of what the layers show together, and has none of their marks", async () => {
    using place = folder();
    const lower = [place.tree("l1", { d: null }), place.tree("l2", { "d/x": "", gone: "", k: "" })];
    whiteout(place.at("l1/gone"));
    attribute(place.at("l1/d"), root ? "trusted.overlay.opaque" : "user.overlay.opaque", "y");
    const target = place.tree("t", {});
    await using union = await mountUnion({
      driver: "copy",
      lower,
      target,
      upper: place.tree("u", {}),
    });
    expect(readdirSync(union.target, { recursive: true }).toSorted()).toEqual(["d", "k"]);
    const mark = root ? "trusted.overlay.opaque" : "user.overlay.opaque";
    expect(getAttribute(Buffer.from(place.at("t/d")), mark)).toBeUndefined();
  });

  test("follows no link out of a layer", async () => {
    using place = folder();
    place.tree("outside", { secret: "" });
    const lower = [place.tree("l1", {}), place.tree("l2", { "d/x": "" })];
    symlinkSync(place.at("outside"), place.at("l1/d"));
    await using union = await mountUnion({
      driver: "copy",
      lower,
      target: place.tree("t", {}),
      upper: place.tree("u", {}),
    });
    expect(readlinkSync(`${union.target}/d`)).toBe(place.at("outside"));
  });

  test("that is aborted leaves an empty target", async () => {
    using place = folder();
    const files = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`d${i}/file`, ""]));
    const controller = new AbortController();
    const target = place.tree("t", {});
    const copied = mountUnion({
      driver: "copy",
      lower: [place.tree("l", files)],
      upper: place.tree("u", {}),
      target,
      signal: controller.signal,
    });
    setImmediate(() => controller.abort(new Error("enough")));
    await expect(copied).rejects.toThrow("enough");
    expect(readdirSync(target)).toEqual([]);
    expect(readdirSync(place.path).toSorted()).toEqual(["l", "t", "u"]);
  });

  test("goes into no directory that has something in it already", async () => {
    using place = folder();
    const lower = [place.tree("l", {})];
    const upper = place.tree("u", {});
    const full = mountUnion({ driver: "copy", lower, upper, target: place.tree("t", { own: "" }) });
    await expect(full).rejects.toMatchObject({ code: "X_UNION_INVALID", field: "target" });
    mkdirSync(place.at("t2"));
    writeFileSync(`${upper}/other`, "");
    const other = mountUnion({ driver: "copy", lower, upper, target: place.at("t2") });
    await expect(other).rejects.toMatchObject({ code: "X_UNION_INVALID", field: "upper" });
  });
});
