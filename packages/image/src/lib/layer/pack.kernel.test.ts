import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/layer-directory.ts";
import {
  addDevicesAndOwners,
  entriesOf,
  makeHardTree,
  packWhole,
} from "../../testing/layer-packing.ts";
import { snapshotTree } from "../../testing/tree-snapshot.ts";
import { digestOf } from "../spec/digest.ts";
import type { PackOptions } from "./pack.ts";

const root = process.geteuid!() === 0;
const code = (code: string, field?: string): unknown =>
  expect.objectContaining(field === undefined ? { code } : { code, field });

/** The tree that GNU tar makes of a layer. */
async function extracted(bytes: Uint8Array) {
  await using directory = temporaryDirectory();
  const xattrs = ["--xattrs", "--xattrs-include=*"];
  execFileSync("tar", ["-xpf", "-", "--numeric-owner", ...xattrs, "-C", directory.root], {
    input: bytes,
    stdio: ["pipe", "ignore", "ignore"],
  });
  return await snapshotTree(directory.root);
}

describe("everything in a directory", () => {
  test("is in the layer, as GNU tar unpacks it", async () => {
    await using directory = temporaryDirectory();
    makeHardTree(directory.root);
    const { bytes } = await packWhole("everything", { root: directory.root });
    expect(await extracted(bytes)).toEqual(await snapshotTree(directory.root));
  });

  test.skipIf(!root)(
    "is in the layer with devices, owners, capabilities (which only root can make)",
    async () => {
      await using directory = temporaryDirectory();
      makeHardTree(directory.root);
      addDevicesAndOwners(directory.root);
      const { bytes } = await packWhole("everything", { root: directory.root });
      const tree = await snapshotTree(directory.root);
      expect(tree.get("setuid")?.xattrs["security.capability"]).toBeDefined();
      expect(await extracted(bytes)).toEqual(tree);
    },
  );

  test("gives the same bytes again, whatever order the directory is in", async () => {
    await using directory = temporaryDirectory();
    makeHardTree(directory.root);
    const copy = join(directory.path, "copy");
    execFileSync("cp", ["-a", directory.root, copy]);
    for (const name of readdirSync(copy).toReversed()) {
      if (name.includes("\ufffd")) continue;
      renameSync(join(copy, name), join(copy, "aside"));
      renameSync(join(copy, "aside"), join(copy, name));
    }
    execFileSync("touch", ["-r", directory.root, copy]);
    const first = await packWhole("everything", { root: directory.root, compression: "gzip" });
    const second = await packWhole("everything", { root: copy, compression: "gzip" });
    expect(second.packed).toEqual(first.packed);
    expect(second.bytes.equals(first.bytes)).toBe(true);
  });

  test("is told by digest and size, on both sides of the compression", async () => {
    await using directory = temporaryDirectory();
    makeHardTree(directory.root);
    const { bytes, packed } = await packWhole("everything", {
      root: directory.root,
      compression: "gzip",
      level: 1,
    });
    const plain = gunzipSync(bytes);
    expect(packed).toEqual({
      digest: digestOf(bytes),
      size: bytes.length,
      diffId: digestOf(plain),
      uncompressedBytes: plain.length,
      entries: (await snapshotTree(directory.root)).size,
    });
  });

  test("is no later than SOURCE_DATE_EPOCH", async () => {
    await using directory = temporaryDirectory();
    makeHardTree(directory.root);
    const layer = await packWhole("everything", { root: directory.root, sourceDateEpoch: 1000 });
    const times = [...entriesOf(layer).values()].map(({ header }) => header.mtime);
    expect(new Set(times)).toEqual(new Set([1_000_000_000_000n, 1_250_000_000n]));
  });

  test("does not have sockets", async () => {
    await using directory = temporaryDirectory();
    writeFileSync(join(directory.root, "file"), "");
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(join(directory.root, "socket"), resolve);
    });
    const layer = await packWhole("everything", { root: directory.root });
    server.close();
    expect([...entriesOf(layer).keys()]).toEqual(["./", "file"]);
  });

  test("cannot have a name that stands for something deleted", async () => {
    await using directory = temporaryDirectory();
    mkdirSync(join(directory.root, "d"));
    writeFileSync(join(directory.root, "d/.wh.file"), "");
    await expect(packWhole("everything", { root: directory.root })).rejects.toThrow(
      code("X_IMAGE_INVALID", "d/.wh.file"),
    );
  });

  test("must be there", async () => {
    await using directory = temporaryDirectory();
    const missing = join(directory.root, "missing");
    for (const root of [missing, "", "/\0"]) {
      await expect(packWhole("everything", { root })).rejects.toThrow(
        code("X_IMAGE_INVALID", "root"),
      );
    }
  });

  test.skipIf(!root)("does not go on in what is mounted there (only root can mount)", async () => {
    await using directory = temporaryDirectory();
    const place = join(directory.root, "mounted");
    mkdirSync(place);
    execFileSync("mount", ["-t", "tmpfs", "none", place]);
    try {
      await expect(packWhole("everything", { root: directory.root })).rejects.toThrow(
        code("X_IMAGE_STORE", "mounted"),
      );
    } finally {
      execFileSync("umount", [place]);
    }
  });
});

describe("what changed", () => {
  test("is in the layer with the directories above it; what is gone comes first", async () => {
    await using directory = temporaryDirectory();
    mkdirSync(join(directory.root, "a/b"), { recursive: true });
    for (const name of ["a/b/new", "a/kept", "a/b/zzz", "other"]) {
      writeFileSync(join(directory.root, name), name);
    }
    const layer = await packWhole(
      [
        { path: "a/b/zzz", kind: "modified" },
        { path: "a/b/new", kind: "added" },
        { path: "a/x", kind: "deleted" },
        { path: "a/b", kind: "modified", opaque: true },
        { path: "a/b/hidden", kind: "deleted", covered: true },
        { path: "gone", kind: "deleted" },
      ],
      { root: directory.root },
    );
    const entries = entriesOf(layer);
    expect([...entries.keys()]).toEqual([
      ".wh.gone",
      "a/",
      "a/.wh.x",
      "a/b/",
      "a/b/.wh..wh..opq",
      "a/b/new",
      "a/b/zzz",
    ]);
    expect(entries.get("a/.wh.x")!.header).toMatchObject({ type: "file", size: 0 });
    expect(Buffer.from(entries.get("a/b/new")!.content).toString()).toBe("a/b/new");
  });

  test.skipIf(!root)(
    "in a directory of overlay is read from its own marks (which only root can make)",
    async () => {
      await using directory = temporaryDirectory();
      const at = (path: string): string => join(directory.root, path);
      mkdirSync(at("d/e"), { recursive: true });
      execFileSync("mknod", [at("d/gone"), "c", "0", "0"]);
      for (const [name, value] of [
        ["trusted.overlay.opaque", "y"],
        ["trusted.overlay.overlay.opaque", "y"],
        ["trusted.overlay.origin", "x"],
        ["user.kept", "x"],
      ] as const) {
        execFileSync("setfattr", ["-n", name, "-v", value, at("d/e")]);
      }
      const entries = entriesOf(await packWhole("everything", { root: directory.root }));
      expect([...entries.keys()]).toEqual(["./", "d/", "d/.wh.gone", "d/e/", "d/e/.wh..wh..opq"]);
      expect([...entries.get("d/e/")!.header.xattrs.keys()]).toEqual([
        "trusted.overlay.opaque",
        "user.kept",
      ]);
    },
  );

  test("is read beneath the root only, whatever a directory has become", async () => {
    await using directory = temporaryDirectory();
    const secret = join(directory.path, "secret");
    mkdirSync(secret);
    writeFileSync(join(secret, "key"), "secret");
    const place = join(directory.root, "d");
    cpSync(secret, place, { recursive: true });
    const changes = [{ path: "d/key", kind: "modified" }] as const;
    const control = await packWhole(changes, { root: directory.root });
    expect([...entriesOf(control).keys()]).toEqual(["d/", "d/key"]);
    renameSync(place, join(directory.path, "aside"));
    symlinkSync(secret, place);
    await expect(packWhole(changes, { root: directory.root })).rejects.toThrow(
      code("X_IMAGE_INVALID", "d"),
    );
  });

  test("is there to be read, or the layer is not made", async () => {
    await using directory = temporaryDirectory();
    await expect(
      packWhole([{ path: "missing", kind: "added" }], { root: directory.root }),
    ).rejects.toThrow(code("X_IMAGE_INVALID", "missing"));
  });
});

describe("owners that were written down", () => {
  const entryFor = async (owners: "keep" | "record") => {
    await using directory = temporaryDirectory();
    const file = join(directory.root, "file");
    writeFileSync(file, "", { mode: 0o600 });
    const said = ["-n", "user.containers.override_stat", "-v", "123:456:04755"];
    execFileSync("setfattr", [...said, file]);
    const layer = await packWhole("everything", { root: directory.root, owners });
    return entriesOf(layer).get("file")!.header;
  };

  test("count for who wrote them, and for nobody else", async () => {
    expect(await entryFor("record")).toMatchObject({ uid: 123, gid: 456 });
    expect(await entryFor("keep")).toMatchObject({ uid: process.geteuid!(), mode: 0o600 });
    expect((await entryFor("keep")).xattrs.size).toBe(0);
  });

  test("leave modes to what the files have by now", async () => {
    expect(await entryFor("record")).toMatchObject({ mode: 0o600 });
  });

  test("are those of the container's user where nothing was written down", async () => {
    await using directory = temporaryDirectory();
    writeFileSync(join(directory.root, "file"), "");
    const owner = async (options: Pick<PackOptions, "owners" | "user">) => {
      const layer = await packWhole("everything", { root: directory.root, ...options });
      const { uid, gid } = entriesOf(layer).get("file")!.header;
      return { uid, gid };
    };
    expect(await owner({ owners: "record" })).toEqual({ uid: 0, gid: 0 });
    const user = { uid: 7, gid: 8 };
    expect(await owner({ owners: "record", user })).toEqual(user);
    const here = { uid: process.geteuid!(), gid: process.getegid!() };
    expect(await owner({ owners: "keep", user })).toEqual(here);
  });
});
