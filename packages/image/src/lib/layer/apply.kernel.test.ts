import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  archive,
  chunked,
  dir,
  fifo,
  file,
  hardlink,
  someTime,
  symlink,
  whiteout,
} from "../../testing/layer-archive.ts";
import { temporaryDirectory } from "../../testing/layer-directory.ts";
import { apply } from "../../testing/layer-host.ts";
import { asOrdinaryUser, isRoot, ordinaryUser } from "../../testing/layer-user.ts";
import { snapshotTree } from "../../testing/tree-snapshot.ts";
import { applyLayer } from "./apply.ts";
import { setXattr } from "./xattrs.ts";

const xattr = (value: string): string => `0x${Buffer.from(value, "latin1").toString("hex")}`;
const overlay = { whiteouts: "overlay" } as const;

/** `u::rwx,u:1:rwx,g::r-x,m::rwx,o::r-x`: `struct posix_acl_xattr_header` and its entries. */
const acl = Buffer.from(
  "02000000 01000700ffffffff 0200070001000000 04000500ffffffff 10000700ffffffff 20000500ffffffff".replaceAll(
    " ",
    "",
  ),
  "hex",
);

describe("applyLayer", () => {
  test("gives each kind of file its content, mode, time and names", async () => {
    await using place = temporaryDirectory();
    const odd = Buffer.from("odd \xff\x01 name", "latin1");
    const applied = await apply(
      place.root,
      [
        dir("./", { mode: 0o711 }),
        dir("d", { mode: 0o2750, mtime: 5n }),
        file("d/f", "content", { mode: 0o640, mtime: -1_500_000_000n }),
        hardlink("d/g", "/d/f"),
        symlink("d/s", "no/such/../place"),
        fifo("d/p", { mode: 0o606 }),
        { type: "file", name: odd, content: "x" },
        file("d/long/".repeat(30) + "f", "deep"),
      ],
      overlay,
    );
    const tree = await snapshotTree(place.root);
    expect(tree.get(".")).toMatchObject({ mode: "711", mtime: someTime });
    expect(tree.get("d")).toMatchObject({ mode: "2750", mtime: 5n });
    expect(tree.get("d/f")).toMatchObject({
      mode: "640",
      mtime: -1_500_000_000n,
      links: 2,
      size: 7,
      same: ["d/f", "d/g"],
    });
    expect(tree.get("d/s")).toMatchObject({
      type: "symlink",
      target: "no/such/../place",
      mtime: someTime,
    });
    expect(tree.get("d/p")).toMatchObject({ type: "fifo", mode: "606" });
    expect(tree.get(odd.toString("latin1"))).toMatchObject({ type: "file", size: 1 });
    expect(applied.implicit).toHaveLength(59);
    expect(applied.entries).toBe(8);
  });

  test("tells the digest and size of the whole stream, with what follows the archive's end", async () => {
    await using place = temporaryDirectory();
    const bytes = Buffer.concat([archive(file("f", "x")), Buffer.alloc(20 * 512)]);
    const heard: number[] = [];
    const compressed = gzipSync(bytes);
    const applied = await applyLayer(chunked(compressed, 10), {
      ...overlay,
      compression: "gzip",
      directory: place.root,
      onBytes: (count) => heard.push(count),
    });
    expect(applied.diffId).toBe(`sha256:${createHash("sha256").update(bytes).digest("hex")}`);
    expect(applied.bytes).toBe(bytes.length);
    expect(heard.at(-1)).toBe(compressed.length);
  });

  test.skipIf(!isRoot)(
    "keeps owners, set-user-ID and file capabilities, and makes devices, as root",
    async () => {
      await using place = temporaryDirectory();
      const capability = "\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
      await apply(
        place.root,
        [
          dir("d", { mode: 0o700, uid: 1000, gid: 1001 }),
          file("d/su", "x", { mode: 0o6755, uid: 7, gid: 8 }),
          file("d/ping", "x", {
            mode: 0o755,
            uid: 9,
            xattrs: { "security.capability": capability },
          }),
          symlink("d/s", "x", { uid: 5, gid: 6 }),
          { type: "character", name: "null", major: 1, minor: 3, mode: 0o666 },
          { type: "block", name: "disk", major: 259, minor: 0x12345, mode: 0o660, gid: 6 },
        ],
        overlay,
      );
      const tree = await snapshotTree(place.root);
      expect(tree.get("d")).toMatchObject({ mode: "700", uid: 1000, gid: 1001 });
      expect(tree.get("d/su")).toMatchObject({ mode: "6755", uid: 7, gid: 8 });
      expect(tree.get("d/ping")).toMatchObject({
        uid: 9,
        xattrs: { "security.capability": xattr(capability) },
      });
      expect(tree.get("d/s")).toMatchObject({ uid: 5, gid: 6 });
      expect(tree.get("null")).toMatchObject({ type: "character", device: "1:3", mode: "666" });
      expect(tree.get("disk")).toMatchObject({
        type: "block",
        device: "259:74565",
        mode: "660",
        gid: 6,
      });
    },
  );

  test("gives a file none of its directory's group, access list or umask", async () => {
    await using place = temporaryDirectory();
    if (isRoot) execFileSync("chgrp", ["12", place.root]);
    chmodSync(place.root, 0o2755);
    setXattr(Buffer.from(`${place.root}\0`), "system.posix_acl_default", acl);
    await apply(
      place.root,
      [dir("d"), file("f", "", { mode: 0o666 }), file("d/f", ""), fifo("p")],
      { owners: "keep", ...(isRoot ? {} : { owners: "record" }) },
    );
    const tree = await snapshotTree(place.root);
    for (const path of ["d", "f", "d/f"]) {
      const { "user.containers.override_stat": _, ...xattrs } = tree.get(path)!.xattrs;
      expect(xattrs).toEqual({});
      if (isRoot) expect(tree.get(path)!.gid).toBe(0);
    }
    expect(tree.get("f")!.mode).toBe("666");
    expect(tree.get("d")!.mode).toBe("755");
  });

  test("records owners and modes for an ordinary user, leaves devices out and works in locked directories", async () => {
    await using place = temporaryDirectory(isRoot ? ordinaryUser : undefined);
    const notices: string[] = [];
    await asOrdinaryUser(async () => {
      const applied = await apply(
        place.root,
        [
          dir("locked", { mode: 0, uid: 10, gid: 20 }),
          dir("locked/in", { mode: 0o555 }),
          file("locked/in/f", "x", { mode: 0o4000, uid: 1, gid: 2 }),
          { type: "character", name: "null", major: 1, minor: 3 },
          file("capable", "x", { xattrs: { "security.capability": "\x01\0\0\x02" } }),
          whiteout("locked/in/.wh.gone"),
          whiteout("locked/in/.wh..wh..opq"),
          fifo("p"),
        ],
        { ...overlay, onNotice: (text) => notices.push(text) },
      );
      expect(applied.skipped).toEqual([
        { name: "null", reason: "only root can make devices" },
        { name: "capable", reason: expect.stringContaining("security.capability") },
      ]);
      expect(applied.opaqueXattr).toBe("user.overlay.opaque");
    });
    expect(notices[0]).toBe("null is not as in the image: only root can make devices");
    if (!isRoot) return;
    const tree = await snapshotTree(place.root);
    expect(tree.get("locked")).toMatchObject({
      mode: "0",
      uid: ordinaryUser,
      xattrs: { "user.containers.override_stat": xattr("10:20:00") },
    });
    expect(tree.get("locked/in")!.xattrs).toEqual({
      "user.containers.override_stat": xattr("0:0:0555"),
      "user.overlay.opaque": xattr("y"),
    });
    expect(tree.get("locked/in/f")!.xattrs).toEqual({
      "user.containers.override_stat": xattr("1:2:04000"),
    });
    expect(tree.get("locked/in/gone")).toMatchObject({ type: "character", device: "0:0" });
    expect(tree.has("null")).toBe(false);
  });

  test("works in directories that lower layers locked, and gives them back as they were", async () => {
    await using place = temporaryDirectory(isRoot ? ordinaryUser : undefined);
    await asOrdinaryUser(async () => {
      await apply(place.root, [
        dir("a", { mode: 0 }),
        dir("a/b", { mode: 0o500, mtime: 7n }),
        file("a/b/old", ""),
      ]);
      await apply(place.root, [file("a/b/new", "new"), whiteout("a/b/.wh.old")]);
      chmodSync(join(place.root, "a"), 0o700);
      expect(readdirSync(join(place.root, "a/b"))).toEqual(["new"]);
      const { mode, mtimeNs } = lstatSync(join(place.root, "a/b"), { bigint: true });
      expect([mode & 0o7777n, mtimeNs]).toEqual([0o500n, 7n]);
    });
  });

  test("writes the last of several entries with one name", async () => {
    await using place = temporaryDirectory();
    await apply(place.root, [
      file("f", "first", { xattrs: { "user.a": "1" } }),
      file("f", "last", { mode: 0o600 }),
      dir("d", { mode: 0o700, xattrs: { "user.a": "1" } }),
      file("d/stays", ""),
      dir("d", { mode: 0o755, xattrs: { "user.b": "2" } }),
      dir("x"),
      file("x/gone", ""),
      symlink("x", "d"),
    ]);
    const tree = await snapshotTree(place.root);
    expect(tree.get("f")).toMatchObject({ mode: "600", size: 4 });
    expect(tree.get("f")!.xattrs).not.toHaveProperty("user.a");
    expect(tree.get("d")).toMatchObject({ mode: "755", xattrs: { "user.b": xattr("2") } });
    expect(tree.get("d")!.xattrs).not.toHaveProperty("user.a");
    expect(tree.has("d/stays")).toBe(true);
    expect(tree.get("x")).toMatchObject({ type: "symlink" });
  });

  test("escapes attributes that overlay would obey, or drops them in one tree", async () => {
    await using place = temporaryDirectory();
    const [stacked, flat] = ["stacked", "flat"].map((name) => join(place.root, name));
    const xattrs = {
      "user.overlay.redirect": "/",
      "user.overlay.opaque": "y",
      "user.containers.override_stat": "0:0:0777",
      "security.selinux": "label",
      "system.nfs4_acl": "acl",
      "user.kept": "yes",
    };
    mkdirSync(stacked!);
    mkdirSync(flat!);
    const entry = dir("d", { xattrs, uid: process.geteuid!(), gid: process.getegid!() });
    await apply(stacked!, [{ ...entry, name: "./" }, entry], { ...overlay, owners: "keep" });
    await apply(flat!, [entry], { owners: "keep" });
    expect((await snapshotTree(stacked!)).get("d")!.xattrs).toEqual({
      "user.overlay.overlay.opaque": xattr("y"),
      "user.overlay.overlay.redirect": xattr("/"),
      "user.kept": xattr("yes"),
    });
    expect((await snapshotTree(flat!)).get("d")!.xattrs).toEqual({ "user.kept": xattr("yes") });
  });

  test("leaves out a device 0:0 and what aufs kept for itself, and says so", async () => {
    await using place = temporaryDirectory();
    const applied = await apply(
      place.root,
      [
        { type: "character", name: "etc", major: 0, minor: 0 },
        dir(".wh..wh.plnk"),
        file(".wh..wh.plnk/1.2", ""),
      ],
      overlay,
    );
    expect(applied.skipped.map(({ name }) => name)).toEqual([
      "etc",
      ".wh..wh.plnk",
      ".wh..wh.plnk/1.2",
    ]);
    expect(readdirSync(place.root)).toEqual([]);
  });
});
