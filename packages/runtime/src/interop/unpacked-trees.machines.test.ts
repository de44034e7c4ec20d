import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  makeBusyboxImage,
  makeMultiPlatformImage,
  makeThreeLayerImage,
  snapshotTree,
  startRegistry,
  withZstdLayers,
  type SnapshotEntry,
  type TestRegistry,
} from "@x/image/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ordinaryUser } from "../testing/ordinary-user.ts";
import { exceptPodmansRoot, startPodman, type Podman } from "../testing/podman.ts";
import { stackedTree } from "../testing/stacked-tree.ts";
import { treeDifferences } from "../testing/tree-differences.ts";
import { missing, openWorkplace, reason, type Workplace } from "../testing/workplace.ts";

type Tree = Map<string, SnapshotEntry>;

describe.skipIf(missing !== undefined)(`what x unpacks${reason}`, () => {
  let work: Workplace;
  let registry: TestRegistry;
  let overlay: Podman;
  let vfs: Podman;
  let layout: string;

  const at = (...path: string[]): string => join(work.directory, ...path);
  const ref = (tag: string): string => `${registry.host}/test/${tag}`;

  beforeAll(async () => {
    work = await openWorkplace();
    registry = await startRegistry();
    [overlay, vfs] = [
      await startPodman(at("overlay"), "overlay"),
      await startPodman(at("vfs"), "vfs"),
    ];
    layout = at("layout");
    makeBusyboxImage(layout);
    withZstdLayers(makeThreeLayerImage(layout));
    makeMultiPlatformImage(layout);
    for (const tag of ["busybox", "three", "three-zstd", "multi"]) await give(tag);
  });

  afterAll(async () => {
    await overlay?.[Symbol.asyncDispose]();
    await vfs?.[Symbol.asyncDispose]();
    await registry?.[Symbol.asyncDispose]();
    work?.[Symbol.dispose]();
  });

  async function give(tag: string): Promise<void> {
    const to = ["--dest-tls-verify=false", `docker://${ref(tag)}`];
    await work.tool("skopeo", "copy", "--all", `oci:${layout}:${tag}`, ...to);
  }

  const umoci = new Map<string, Tree>();
  /** What umoci makes of an image of the layout. */
  async function umociTree(tag: string): Promise<Tree> {
    const known = umoci.get(tag);
    if (known !== undefined) return known;
    const bundle = at("umoci", tag);
    mkdirSync(at("umoci"), { recursive: true });
    await work.tool("umoci", "unpack", "--image", `${layout}:${tag}`, bundle);
    const tree = await snapshotTree(join(bundle, "rootfs"));
    umoci.set(tag, tree);
    return tree;
  }

  let folders = 0;
  /** What x makes of an image of a store, in one directory. */
  async function flatTree(name: string, store?: string): Promise<Tree> {
    const directory = at(`flat-${folders++}`);
    const env: Record<string, string> = store === undefined ? {} : { X_STORE: store };
    const { stderr } = await work.xIn({ env }, "export", "-o", `${directory}/`, name);
    expect(stderr).toBe("");
    return snapshotTree(directory);
  }

  /** What x makes of an image in an archive, in a store that has nothing else. */
  async function loadedTree(archive: string, name: string): Promise<Tree> {
    const store = `${archive}-store`;
    const loaded = await work.xIn({ env: { X_STORE: store } }, "load", "--quiet", archive);
    expect(loaded).toMatchObject({ status: 0, stderr: "" });
    return flatTree(name, store);
  }

  async function podmanTree(
    { podman, mount }: Podman,
    name: string,
    ...options: string[]
  ): Promise<Tree> {
    const id = await podman("pull", "--quiet", "--tls-verify=false", ...options, name);
    return snapshotTree(await mount(id.trim()));
  }

  test.each(["busybox", "three"])(
    "of %s is what umoci unpacks, and stacked what podman's overlay mounts",
    async (tag) => {
      expect(await work.x("pull", "--quiet", ref(tag))).toMatchObject({ status: 0, stderr: "" });
      expect(treeDifferences(await flatTree(ref(tag)), await umociTree(tag))).toEqual([]);
      const podmans = await podmanTree(overlay, ref(tag));
      // Both stacks count the names of a file that a layer above has taken away, too.
      expect(
        treeDifferences(await stackedTree(work, ref(tag)), podmans, exceptPodmansRoot),
      ).toEqual([]);
    },
  );

  test("of layers in zstd is what umoci and podman without a union make of those in gzip", async () => {
    // The layers are the same once they are unpacked, so that each must begin with nothing.
    const store = at("zstd-store");
    const pulled = await work.xIn({ env: { X_STORE: store } }, "pull", ref("three-zstd"));
    expect(pulled.stderr.match(/unpacked/g)).toHaveLength(3);
    const ours = await flatTree(ref("three-zstd"), store);
    expect(treeDifferences(ours, await umociTree("three"))).toEqual([]);
    const podmans = await podmanTree(vfs, ref("three-zstd"));
    // A layer that has a directory again without its attributes takes them away, says umoci, and so
    // it is in podman's overlay; without a union podman writes over the directory and keeps them.
    expect(treeDifferences(ours, podmans, exceptPodmansRoot)).toEqual([
      'srv: xattrs {} | {"user.of-folder":"0x796573"}',
    ]);
  });

  test("of a layer that leaves a directory out keeps its attributes, as umoci has it", async () => {
    mkdirSync(at("root/shared"), { recursive: true });
    writeFileSync(at("root/shared/late"), "late\n");
    await work.tool("tar", "-C", at("root"), "-cf", at("late.tar"), "shared/late");
    await work.tool("umoci", "tag", "--image", `${layout}:three`, "late");
    await work.tool("umoci", "raw", "add-layer", "--image", `${layout}:late`, at("late.tar"));
    await give("late");
    await work.x("pull", "--quiet", ref("late"));
    const ours = await flatTree(ref("late"));
    expect(treeDifferences(ours, await umociTree("late"))).toEqual([]);
    // Podman's overlay has a new directory above the one that there was.
    const stacked = await stackedTree(work, ref("late"));
    const podmans = await podmanTree(overlay, ref("late"));
    expect(treeDifferences(stacked, podmans, exceptPodmansRoot)).toEqual([
      'shared: mode "2775" | "755"',
      "shared: uid 1000 | 0",
      "shared: gid 1001 | 0",
      expect.stringMatching(/^shared: mtime/),
    ]);
  });

  test.each([
    ["linux/amd64", "multi-amd64", "amd64\n"],
    ["linux/arm64", "multi-arm64", "arm64/v8\n"],
    ["linux/arm/v7", "multi-arm", "arm/v7\n"],
  ])(
    "of an index with --platform %s is what umoci and podman unpack of it",
    async (platform, tag, text) => {
      const store = at(`${tag}-store`);
      const env = { X_STORE: store };
      await work.xIn({ env }, "pull", "--quiet", "--platform", platform, ref("multi"));
      const ours = await flatTree(ref("multi"), store);
      expect(ours.get("platform")?.content).toBe(createHash("sha256").update(text).digest("hex"));
      expect(treeDifferences(ours, await umociTree(tag))).toEqual([]);
      const podmans = await podmanTree(overlay, ref("multi"), "--platform", platform);
      expect(treeDifferences(ours, podmans, exceptPodmansRoot)).toEqual([]);
    },
  );

  test("for an ordinary user has the same owners and modes again when it is exported", async () => {
    const { home, ...user } = ordinaryUser(work);
    const pulled = await work.xIn(user, "pull", "--quiet", ref("three"));
    expect(pulled.status).toBe(0);
    const notices = pulled.stderr.trimEnd().split("\n").toSorted();
    expect(notices).toEqual([
      expect.stringMatching(/^x: .*bin\/capable is not as in the image: .*security.capability/),
      expect.stringMatching(/^x: .*dev\/loop9 is not as in the image: only root can make devices/),
      expect.stringMatching(/^x: .*dev\/null is not as in the image: only root can make devices/),
    ]);
    const tar = join(home, "tree.tar");
    const exported = await work.xIn(user, "export", "-o", tar, ref("three"));
    expect(exported).toMatchObject({ status: 0 });
    mkdirSync(at("again"));
    const options = ["--numeric-owner", "--same-owner", "--xattrs", "--xattrs-include=*"];
    await work.tool("tar", "-C", at("again"), ...options, "-xpf", tar);
    const again = await snapshotTree(at("again"));
    expect(treeDifferences(again, await umociTree("three"))).toEqual([
      expect.stringMatching(/^bin\/capable: xattrs \{\} \| /),
      "dev/loop9: only theirs",
      "dev/null: only theirs",
      // The kernel lets nobody write anything down beside a link. Source: xattr(7).
      "kept/dangling: uid 0 | 1000",
      "kept/dangling: gid 0 | 1000",
    ]);
  });

  test("of an archive that skopeo wrote for docker is the same", async () => {
    const archive = at("skopeo.tar");
    const to = `docker-archive:${archive}:${ref("three")}`;
    await work.tool("skopeo", "copy", `oci:${layout}:three`, to);
    const ours = await loadedTree(archive, ref("three"));
    expect(treeDifferences(ours, await umociTree("three"))).toEqual([]);
  });

  test("of an archive that podman wrote for docker is the same", async () => {
    // That of `three` podman cannot write: "archive/tar: write too long", for its sparse files.
    const archive = at("podman.tar");
    await overlay.podman("pull", "--quiet", "--tls-verify=false", ref("busybox"));
    await overlay.podman("save", "--quiet", "--output", archive, ref("busybox"));
    const ours = await loadedTree(archive, ref("busybox"));
    expect(treeDifferences(ours, await umociTree("busybox"))).toEqual([]);
  });

  test("of an archive that x wrote for docker is the same for umoci, skopeo and podman", async () => {
    await work.x("pull", "--quiet", ref("three"));
    const archive = at("saved.tar");
    const saved = await work.x("save", "--quiet", "--as", "docker", "-o", archive, ref("three"));
    expect(saved).toEqual({ status: 0, stdout: "", stderr: "" });
    await work.tool("skopeo", "copy", `docker-archive:${archive}`, `oci:${at("copied")}:three`);
    await work.tool("umoci", "unpack", "--image", `${at("copied")}:three`, at("bundle"));
    const theirs = await snapshotTree(at("bundle/rootfs"));
    expect(treeDifferences(theirs, await umociTree("three"))).toEqual([]);
    expect(await overlay.podman("load", "--input", archive)).toContain(ref("three"));
  });
});
