import { spawnSync } from "node:child_process";
import { readdir, readFile, stat, writeFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  blobOf,
  imageOf,
  opened,
  put,
  putImage,
  temporaryStore,
} from "../../testing/store-content.ts";
import { openStore } from "./store.ts";

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
});
