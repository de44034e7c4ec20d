import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MemorySource } from "../../testing/transport-memory.ts";
import { archiveDestination } from "./archive-destination.ts";
import { copyImage } from "./copy.ts";
import { ociLayoutDestination } from "./layout-destination.ts";
import { ociLayoutSource } from "./layout-source.ts";
import { openImages } from "./open-images.ts";

const isRoot = process.getuid?.() === 0;
let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "layouts-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** An image of a layer that is this long. */
const imageOf = (bytes: number): MemorySource => {
  const source = new MemorySource();
  source.image(["x".repeat(bytes)]);
  return source;
};

describe.skipIf(!isRoot)(`on a full disk${isRoot ? "" : " (root can mount one)"}`, () => {
  beforeEach(() => void execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", folder]));
  afterEach(() => void execFileSync("umount", [folder]));

  test("a layout says so, and the image has no name in it", async () => {
    const layout = join(folder, "layout");
    await using destination = await ociLayoutDestination(layout, { ref: "x" });
    await expect(copyImage(imageOf(1_000_000), destination)).rejects.toMatchObject({
      code: "X_IMAGE_NO_SPACE",
      hint: expect.stringContaining("disk is full"),
    });
    expect(readdirSync(layout)).toEqual(["blobs", "oci-layout"]);
    // Positive control: what fits is written.
    await expect(copyImage(imageOf(1000), destination)).resolves.toBeDefined();
  });

  test("an archive says so, and is not there", async () => {
    {
      const path = join(folder, "x.tar");
      await using archive = await archiveDestination(path, { format: "docker", names: ["x:y"] });
      await expect(copyImage(imageOf(1_000_000), archive)).rejects.toMatchObject({
        code: "X_IMAGE_NO_SPACE",
      });
    }
    expect(readdirSync(folder)).toEqual([]);
  });
});

test("where nobody may write, or nothing is, the error says where and what to do", async () => {
  await expect(ociLayoutDestination("/proc/x")).rejects.toThrow(/cannot (write|read) \/proc\/x/);
  await expect(archiveDestination(join(folder, "no/x.tar"), { format: "oci" })).rejects.toThrow(
    /cannot write .*no\/x\.tar/,
  );
  await expect(ociLayoutSource(join(folder, "no"))).rejects.toThrow("no file oci-layout");
});

test("a layout whose parts are no files is no layout, and nobody waits for them", async () => {
  execFileSync("mkfifo", [join(folder, "oci-layout")]);
  await expect(ociLayoutSource(folder)).rejects.toMatchObject({ code: "X_IMAGE_NOT_FOUND" });
  rmSync(join(folder, "oci-layout"));
  mkdirSync(join(folder, "oci-layout"));
  await expect(ociLayoutSource(folder)).rejects.toMatchObject({ code: "X_IMAGE_NOT_FOUND" });
});

test("a layout of another version is refused", async () => {
  writeFileSync(join(folder, "oci-layout"), '{"imageLayoutVersion":"2.0.0"}');
  await expect(ociLayoutSource(folder)).rejects.toMatchObject({
    code: "X_IMAGE_BODY",
    field: "imageLayoutVersion",
  });
});

test("an image of the same name gives way, others stay", async () => {
  for (const [ref, bytes] of [
    ["one", 1],
    ["two", 2],
    ["one", 3],
  ] as const) {
    await using destination = await ociLayoutDestination(folder, { ref });
    await copyImage(imageOf(bytes), destination);
  }
  await using opened = await openImages(folder);
  expect(opened.images.map(({ names }) => names)).toEqual([["two"], ["one"]]);
  await using one = await ociLayoutSource(folder, { ref: "one" });
  const document = JSON.parse(Buffer.from((await one.document()).bytes).toString()) as {
    layers: { size: number }[];
  };
  expect(document.layers[0]!.size).toBe(3);
});
