import { execFileSync } from "node:child_process";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  canMakeImages,
  makeBusyboxImage,
  makeMultiPlatformImage,
  makeThreeLayerImage,
  withZstdLayers,
} from "../../testing/images.ts";
import { hasContainerd, startContainerd } from "../../testing/transport-containerd.ts";
import { parsePlatform } from "../spec/platform.ts";
import { archiveDestination, createImageArchive } from "./archive-destination.ts";
import { copyImage } from "./copy.ts";
import { ociLayoutDestination } from "./layout-destination.ts";
import { ociArchiveSource, ociLayoutSource } from "./layout-source.ts";
import { openImages } from "./open-images.ts";

const why = canMakeImages ? "" : " (needs root, umoci, skopeo, busybox, zstd, setcap)";
const hasPodman = existsSync("/usr/bin/podman");

describe.skipIf(!canMakeImages)(`images of umoci's${why}`, () => {
  let folder = "";
  let layout = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "transports-"));
    layout = join(folder, "layout");
    makeBusyboxImage(layout);
    withZstdLayers(makeThreeLayerImage(layout));
    makeMultiPlatformImage(layout);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const digestOf = (image: string): string =>
    run("skopeo", "inspect", "--format", "{{.Digest}}", image).trim();

  test.each(["busybox", "three", "three-zstd"])(
    "go from layout to layout to archive with their digests: %s",
    async (ref) => {
      const [copy, tar, back] = ["copy", `${ref}.tar`, "back"].map((name) => join(folder, name));
      await using source = await ociLayoutSource(layout, { ref });
      await using destination = await ociLayoutDestination(copy!, { ref });
      await copyImage(source, destination);
      expect(digestOf(`oci:${copy}:${ref}`)).toBe(digestOf(`oci:${layout}:${ref}`));
      await using again = await ociLayoutSource(copy!, { ref });
      await using archive = await archiveDestination(tar!, { format: "oci", names: [ref] });
      await copyImage(again, archive);
      expect(digestOf(`oci-archive:${tar}:${ref}`)).toBe(digestOf(`oci:${layout}:${ref}`));
      await using fromTar = await ociArchiveSource(tar!);
      await using last = await ociLayoutDestination(back!, { ref });
      await copyImage(fromTar, last);
      expect(digestOf(`oci:${back}:${ref}`)).toBe(digestOf(`oci:${layout}:${ref}`));
    },
  );

  test("are unpacked by umoci from the layout that we write", async () => {
    const copy = join(folder, "for-umoci");
    await using source = await ociLayoutSource(layout, { ref: "three" });
    await using destination = await ociLayoutDestination(copy, { ref: "three" });
    await copyImage(source, destination);
    run("umoci", "unpack", "--image", `${copy}:three`, join(folder, "bundle"));
    const hostname = join(folder, "bundle/rootfs/etc/hostname");
    expect(readFileSync(hostname, "utf8")).toBe("three\n");
    expect(readdirSync(copy).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("for several platforms are copied whole, or for one", async () => {
    const copy = join(folder, "multi");
    await using source = await ociLayoutSource(layout, { ref: "multi" });
    await using whole = await ociLayoutDestination(copy, { ref: "multi" });
    const copied = await copyImage(source, whole, { all: true });
    expect(copied.images).toHaveLength(3);
    expect(run("skopeo", "inspect", "--raw", `oci:${copy}:multi`)).toContain('"variant":"v7"');
    await using again = await ociLayoutSource(copy, { ref: "multi" });
    await using one = await ociLayoutDestination(copy, { ref: "arm" });
    const platform = parsePlatform("linux/arm/v7");
    const { images } = await copyImage(again, one, { platform });
    expect(images[0]!.config!.architecture).toBe("arm");
    const inspected = run("skopeo", "--override-arch", "arm", "inspect", `oci:${copy}:arm`);
    expect(JSON.parse(inspected)).toMatchObject({ Architecture: "arm" });
  });

  test("that are not in the layout are named with those that are", async () => {
    await expect(ociLayoutSource(layout, { ref: "absent" })).rejects.toMatchObject({
      code: "X_IMAGE_NOT_FOUND",
      hint: expect.stringContaining("busybox, three"),
    });
  });

  describe("in a docker archive that we write", () => {
    let tar = "";
    const names = ["localhost/x-three:1", "localhost/x-three:2"];
    beforeAll(async () => {
      tar = join(folder, "docker.tar");
      await using archive = await createImageArchive(tar, { format: "docker" });
      await using source = await ociLayoutSource(layout, { ref: "three" });
      await copyImage(source, archive.destination(names));
      await using other = await ociLayoutSource(layout, { ref: "busybox" });
      await copyImage(other, archive.destination(["localhost/x-busybox:latest"]));
      expect(existsSync(tar)).toBe(false);
      await archive.finish();
    });

    test("are what skopeo reads, with the same files", () => {
      const copied = join(folder, "from-docker");
      const from = `docker-archive:${tar}:${names[1]}`;
      run("skopeo", "copy", "-q", from, `oci:${copied}:three`);
      expect(configOf(`oci:${copied}:three`).rootfs).toEqual(
        configOf(`oci:${layout}:three`).rootfs,
      );
    });

    test.skipIf(!hasPodman)("are what podman loads, under all their names", () => {
      const store = ["--root", join(folder, "podman"), "--runroot", join(folder, "run")];
      const podman = (...args: string[]): string =>
        run("podman", ...store, "--storage-driver", "vfs", ...args);
      podman("load", "-q", "-i", tar);
      const listed = podman("images", "--format", "{{.Repository}}:{{.Tag}}").trim().split("\n");
      expect(listed.toSorted()).toEqual(["localhost/x-busybox:latest", ...names]);
      const root = podman("image", "mount", names[0]!).trim();
      expect(readFileSync(join(root, "etc/hostname"), "utf8")).toBe("three\n");
      expect(existsSync(join(root, "gone"))).toBe(false);
      podman("image", "unmount", names[0]!);
      podman("system", "reset", "--force");
    });

    test.skipIf(!hasContainerd)("are what containerd imports, with their digests", async () => {
      await using containerd = await startContainerd();
      await containerd.ctr("images", "import", "--all-platforms", "--no-unpack", tar);
      const listed = await containerd.ctr("images", "ls");
      for (const name of [...names, "localhost/x-busybox:latest"]) expect(listed).toContain(name);
      expect(listed).toContain(digestOf(`oci:${layout}:three`));
      expect(listed).toContain(digestOf(`oci:${layout}:busybox`));
    });

    test("are opened again with their names and digests", async () => {
      await using opened = await openImages(tar);
      expect(opened.kind).toBe("oci");
      expect(opened.images.map((image) => image.names)).toEqual([
        names,
        ["localhost/x-busybox:latest"],
      ]);
      const { descriptor } = await opened.images[0]!.source.document();
      expect(descriptor.digest).toBe(digestOf(`oci:${layout}:three`));
    });

    test("are opened also when all of it is compressed", async () => {
      const path = `${tar}.gz`;
      await pipeline(createReadStream(tar), createGzip({ level: 1 }), createWriteStream(path));
      await using opened = await openImages(path, { temporary: folder });
      expect(opened.images).toHaveLength(2);
      expect(readdirSync(folder).filter((name) => name.startsWith("x-load"))).toEqual([]);
    });
  });

  test.each(["busybox", "three"])("saved by skopeo as docker does are loaded: %s", async (ref) => {
    const [tar, copy] = [join(folder, `skopeo-${ref}.tar`), join(folder, "from-skopeo")];
    run("skopeo", "copy", "-q", `oci:${layout}:${ref}`, `docker-archive:${tar}:localhost/${ref}:1`);
    await using opened = await openImages(tar);
    expect(opened.kind).toBe("docker");
    const [image] = opened.images;
    expect(image!.names).toEqual([`localhost/${ref}:1`]);
    await using destination = await ociLayoutDestination(copy, { ref });
    await copyImage(image!.source, destination);
    expect(configOf(`oci:${copy}:${ref}`).rootfs).toEqual(configOf(`oci:${layout}:${ref}`).rootfs);
    run("umoci", "unpack", "--image", `${copy}:${ref}`, join(folder, `bundle-${ref}`));
  });

  test("of which one is damaged are not written: nothing is left", async () => {
    const [broken, tar] = [join(folder, "broken"), join(folder, "broken.tar")];
    run("cp", "-r", layout, broken);
    const manifest = JSON.parse(run("skopeo", "inspect", "--raw", `oci:${broken}:busybox`)) as {
      layers: { digest: string; size: number }[];
    };
    const [{ digest, size }] = manifest.layers as [{ digest: string; size: number }];
    const blob = join(broken, "blobs", ...digest.split(":"));
    run("sh", "-c", `printf x | dd of=${blob} bs=1 seek=${size >> 1} conv=notrunc`);
    await using source = await ociLayoutSource(broken, { ref: "busybox" });
    {
      await using archive = await archiveDestination(tar, { format: "oci", names: ["x"] });
      await expect(copyImage(source, archive)).rejects.toMatchObject({ code: "X_IMAGE_DIGEST" });
    }
    expect(readdirSync(folder).filter((name) => name.startsWith("broken.tar"))).toEqual([]);
    await using destination = await ociLayoutDestination(join(folder, "unbroken"), { ref: "x" });
    await expect(copyImage(source, destination)).rejects.toMatchObject({ code: "X_IMAGE_DIGEST" });
    expect(existsSync(join(folder, "unbroken/blobs", ...digest.split(":")))).toBe(false);
  });

  const configOf = (image: string): { rootfs: unknown } =>
    JSON.parse(run("skopeo", "inspect", "--config", "--raw", image)) as { rootfs: unknown };
});
