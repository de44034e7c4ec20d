import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aConfig, jsonBytes } from "../../testing/transport-bodies.ts";
import type { TarEntryType } from "../tar/entry.ts";
import { tarEnd, tarHeader, tarPadding } from "../tar/writer.ts";
import { filesOfArchive } from "./archive-files.ts";
import { openImages } from "./open-images.ts";

let folder = "";
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "archive-"))));
afterAll(() => rm(folder, { recursive: true }));

type Entry = { name: string; content?: string | Buffer; link?: string; type?: TarEntryType };

/** Writes an archive of these entries and says where. */
async function archive(...entries: Entry[]): Promise<string> {
  const parts = entries.flatMap(({ name, content = "", link = "", type = "file" }) => {
    const bytes = Buffer.from(content);
    const [size, mode, mtime] = [bytes.length, 0o644, 0n];
    const numbers = { uid: 0, gid: 0, major: 0, minor: 0, xattrs: new Map() };
    const names = { name: Buffer.from(name), linkName: Buffer.from(link) };
    return [tarHeader({ type, size, mode, mtime, ...names, ...numbers }), bytes, tarPadding(size)];
  });
  const path = join(folder, "archive.tar");
  await writeFile(path, Buffer.concat([...parts, tarEnd]));
  return path;
}

/** What a file of an archive is read as. */
async function read(path: string, name: string): Promise<string> {
  await using files = await filesOfArchive(path);
  return Buffer.from(await files.read(name, 2 ** 22)).toString();
}

describe("a file of an archive", () => {
  test("is read where it lies, wherever that is", async () => {
    const large = "x".repeat(3_000_000);
    const long = `${"n".repeat(150)}/${"m".repeat(150)}`;
    const path = await archive(
      { name: "large", content: large },
      { name: "./dir/", type: "directory" },
      { name: "./dir/small", content: "small" },
      { name: long, content: "long" },
      { name: "empty" },
      { name: "last", content: "last" },
    );
    expect(await read(path, "dir/small")).toBe("small");
    expect(await read(path, long)).toBe("long");
    expect(await read(path, "empty")).toBe("");
    expect(await read(path, "last")).toBe("last");
    expect(await read(path, "large")).toBe(large);
  });

  test("can be a link to another one in it", async () => {
    const path = await archive(
      { name: "a/layer.tar", content: "a layer" },
      { name: "b/layer.tar", type: "symlink", link: "../a/layer.tar" },
      { name: "c/layer.tar", type: "hardlink", link: "b/layer.tar" },
    );
    expect(await read(path, "c/layer.tar")).toBe("a layer");
  });

  test("that is a link out of it is refused, and so is a circle", async () => {
    const path = await archive(
      { name: "absolute", type: "symlink", link: "/etc/passwd" },
      { name: "up", type: "symlink", link: "../../etc/passwd" },
      { name: "hard", type: "hardlink", link: "../etc/passwd" },
      { name: "x", type: "symlink", link: "y" },
      { name: "y", type: "symlink", link: "x" },
      { name: "fifo", type: "fifo" },
    );
    for (const name of ["absolute", "up", "hard", "x", "fifo", "../etc/passwd", "/etc/passwd"]) {
      await expect(read(path, name)).rejects.toMatchObject({ code: "X_IMAGE_ARCHIVE" });
    }
    await expect(read(path, "absent")).rejects.toMatchObject({ code: "X_IMAGE_NOT_FOUND" });
  });

  test("that is there twice is refused", async () => {
    const path = await archive({ name: "a", content: "1" }, { name: "./a", content: "2" });
    await expect(read(path, "a")).rejects.toThrow("twice");
  });

  test("that is cut off makes the archive none", async () => {
    const path = await archive({ name: "a", content: "x".repeat(5000) });
    await writeFile(path, Buffer.alloc(1024, "x"));
    await expect(read(path, "a")).rejects.toMatchObject({ code: "X_IMAGE_ARCHIVE" });
  });
});

describe("a docker archive", () => {
  const config = jsonBytes(aConfig);
  const manifest = (change: object): Entry => {
    const entry = { Config: "config.json", RepoTags: ["a:b"], Layers: ["id/layer.tar"] };
    return { name: "manifest.json", content: jsonBytes([{ ...entry, ...change }]) };
  };
  const layer = { name: "id/layer.tar", content: "a layer" };
  const opened = async (...entries: Entry[]): Promise<readonly string[]> => {
    await using images = await openImages(await archive(...entries));
    expect(images.kind).toBe("docker");
    return images.images.flatMap(({ names }) => names);
  };

  test("is opened by what it holds", async () => {
    expect(await opened({ name: "config.json", content: config }, layer, manifest({}))).toEqual([
      "a:b",
    ]);
  });

  test.each([
    ["a configuration outside", { Config: "../config.json" }, "X_IMAGE_ARCHIVE"],
    ["an absolute configuration", { Config: "/etc/passwd" }, "X_IMAGE_ARCHIVE"],
    ["a layer outside", { Layers: ["id/../../layer.tar"] }, "X_IMAGE_ARCHIVE"],
    ["a layer that is not there", { Layers: ["layer.tar"] }, "X_IMAGE_ARCHIVE"],
    ["more layers than the configuration", { Layers: [layer.name, layer.name] }, "X_IMAGE_BODY"],
    ["layers that are no names", { Layers: [1] }, "X_IMAGE_BODY"],
  ])("with %s is refused", async (_, change, code) => {
    const entries = [{ name: "config.json", content: config }, layer, manifest(change)];
    await expect(opened(...entries)).rejects.toMatchObject({ code });
  });

  test("from before docker 1.10 is refused with what to do", async () => {
    await expect(opened({ name: "repositories", content: "{}" })).rejects.toThrow("newer docker");
  });
});

test("an archive that holds no image is a root", async () => {
  const path = await archive(
    { name: "./bin/sh", content: "x" },
    { name: "./dev/null", type: "character" },
  );
  await using opened = await openImages(path);
  expect(opened).toMatchObject({ kind: "root", images: [] });
});

test("a file that is not there is named", async () => {
  await expect(openImages(join(folder, "absent"))).rejects.toThrow(/cannot read .*absent/);
});
