import { spawnSync } from "node:child_process";
import { chmod, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { imageOf, opened, putImage, temporaryStore } from "../../testing/store-content.ts";
import { openStore } from "./store.ts";

const isRoot = process.getuid?.() === 0;
const needsRoot = isRoot ? "" : " (skipped: becoming another user needs root)";
const hasSkopeo = spawnSync("skopeo", ["--version"]).status === 0;

describe("a store", () => {
  test("keeps blobs and names, and finds them again", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const image = imageOf("one", "two");
    await putImage(store, "docker.io/library/a:latest", image);
    const again = await openStore({ path: store.path });
    expect(await again.resolve("docker.io/library/a:latest")).toEqual(image.manifest.descriptor);
    const bytes = await again.readAll(image.manifest.descriptor.digest);
    expect(Buffer.from(bytes)).toEqual(image.manifest.bytes);
    expect(await again.putBlob(image.config.descriptor, opened(image.config.bytes))).toBe("exists");
    expect(await readdir(join(store.path, "incoming"))).toEqual([]);
    expect((await readdir(join(store.path, "locks"))).toSorted()).toEqual(["index", "use"]);
  });

  test.skipIf(!hasSkopeo)("is an image layout that skopeo reads", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    await putImage(store, "docker.io/library/a:latest", imageOf("one", "two"));
    const source = `oci:${store.images}:docker.io/library/a:latest`;
    const { stdout, stderr } = spawnSync("skopeo", ["inspect", "--raw", source]);
    expect(stderr.toString()).toBe("");
    expect(JSON.parse(stdout.toString())).toMatchObject({ schemaVersion: 2 });
  });

  test("is open to nobody else, whatever the umask", async () => {
    await using temporary = await temporaryStore();
    const before = process.umask(0);
    try {
      const { path } = await openStore({ path: join(temporary.folder, "other") });
      for (const name of [
        "",
        "images",
        "images/blobs",
        "images/blobs/sha256",
        "layers",
        "incoming",
      ]) {
        expect((await stat(join(path, name))).mode & 0o777, name).toBe(0o700);
      }
    } finally {
      process.umask(before);
    }
  });

  test("that was opened to others is closed when it is opened", async () => {
    await using temporary = await temporaryStore();
    const { path } = temporary.store;
    await chmod(path, 0o755);
    await openStore({ path });
    expect((await stat(path)).mode & 0o777).toBe(0o700);
  });

  test.skipIf(!isRoot)(`cannot be looked into by another user${needsRoot}`, async () => {
    await using temporary = await temporaryStore();
    await chmod(temporary.folder, 0o755);
    const look = (path: string) => spawnSync("ls", [path], { uid: 65_534, gid: 65_534 });
    const { status, stderr } = look(join(temporary.store.path, "layers"));
    expect(stderr.toString()).toMatch(/Permission denied/);
    expect(status).not.toBe(0);
    expect(look(temporary.folder).status).toBe(0);
  });

  test("of another version is refused, and left as it is", async () => {
    await using temporary = await temporaryStore();
    const { path } = temporary.store;
    await writeFile(join(path, "version"), "2\n");
    await expect(openStore({ path })).rejects.toMatchObject({
      code: "X_IMAGE_STORE",
      message: expect.stringMatching(/version "2"/),
    });
  });

  test("is not made of a directory with other things in it", async () => {
    await using temporary = await temporaryStore();
    const home = join(temporary.folder, "home");
    await mkdir(home, { mode: 0o755 });
    await writeFile(join(home, "letter"), "");
    await expect(openStore({ path: home })).rejects.toMatchObject({ code: "X_IMAGE_STORE" });
    expect(await readdir(home)).toEqual(["letter"]);
    expect((await stat(home)).mode & 0o777).toBe(0o755);
  });

  test("that was not made to its end is made to its end", async () => {
    await using temporary = await temporaryStore();
    const path = join(temporary.folder, "half");
    await mkdir(join(path, "images"), { recursive: true });
    const store = await openStore({ path });
    await putImage(store, "a:1", imageOf("one"));
    expect(await store.check()).toEqual([]);
  });

  test("that many open at once is made once", async () => {
    await using temporary = await temporaryStore();
    const path = join(temporary.folder, "at-once");
    const image = imageOf("one");
    const names = Array.from({ length: 8 }, (_, index) => `a:${index}`);
    const openAndPut = async (name: string) => putImage(await openStore({ path }), name, image);
    await Promise.all(names.map(openAndPut));
    const found = await (await openStore({ path })).references();
    expect(found.map(({ name }) => name).toSorted()).toEqual(names);
  });
});

describe("images are copied", () => {
  test("from one store to another, by what they call themselves", async () => {
    await using temporary = await temporaryStore();
    const other = await openStore({ path: join(temporary.folder, "other") });
    const image = imageOf("one", "two");
    await putImage(temporary.store, "a:1", image);
    {
      await using source = temporary.store.source("a:1");
      await using destination = other.destination("b:2");
      const document = await source.document();
      expect(document).toEqual(await source.document(document.descriptor.digest));
      for (const { descriptor } of [...image.layers, image.config]) {
        expect(await destination.has(descriptor)).toBe(false);
        await destination.putBlob(descriptor, (offset) => source.blob(descriptor, { offset }));
      }
      await destination.putDocument(document, { named: true });
      // Nobody collects what has no name yet.
      const signal = AbortSignal.timeout(100);
      await expect(other.collectGarbage({ signal })).rejects.toThrow(/timeout/);
    }
    expect(await other.resolve("b:2")).toEqual(image.manifest.descriptor);
    await expect(temporary.store.source("c:3").document()).rejects.toMatchObject({
      code: "X_IMAGE_NOT_FOUND",
      hint: "There are a:1",
    });
    expect(await other.collectGarbage()).toMatchObject({ blobs: 0 });
    expect(await other.check({ verify: true })).toEqual([]);
  });
});
