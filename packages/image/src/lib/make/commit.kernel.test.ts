import { execFileSync } from "node:child_process";
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canMakeImages, makeBusyboxImage } from "../../testing/images.ts";
import { snapshotTree } from "../../testing/tree-snapshot.ts";
import type { LayerChange } from "../layer/pack-change.ts";
import type { Descriptor } from "../spec/types.ts";
import { openStore, type Store } from "../store/store.ts";
import { copyImage } from "../transport/copy.ts";
import { ociLayoutDestination } from "../transport/layout-destination.ts";
import { ociLayoutSource } from "../transport/layout-source.ts";
import { commitImage } from "./commit.ts";
import { importRoot } from "./import.ts";
import { parseChanges } from "./parse-changes.ts";
import { fetchImage } from "./pull.ts";
import { unpackFlat } from "./unpack.ts";

const why = canMakeImages ? "" : " (needs root, umoci, skopeo, busybox, zstd, setcap)";
const epoch = 1_700_000_000;

describe.skipIf(!canMakeImages)(`an image is made${why}`, () => {
  let folder = "";
  let store: Store;
  let base: Descriptor;
  let upper = "";
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "commit-"));
    store = await openStore({ path: join(folder, "store") });
    makeBusyboxImage(join(folder, "layout"));
    await using source = await ociLayoutSource(join(folder, "layout"), { ref: "busybox" });
    const fetched = await fetchImage(store, "localhost/busybox:latest", source, { unpack: false });
    base = fetched.descriptor;
    upper = join(folder, "upper");
    mkdirSync(join(upper, "etc"), { recursive: true });
    writeFileSync(join(upper, "etc/new"), "new\n");
    linkSync(join(upper, "etc/new"), join(upper, "etc/same"));
    symlinkSync("new", join(upper, "etc/link"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  async function* changes(): AsyncGenerator<LayerChange> {
    yield { path: "etc", kind: "modified" };
    yield { path: "etc/hostname", kind: "deleted" };
    for (const name of ["link", "new", "same"]) yield { path: `etc/${name}`, kind: "added" };
  }
  /** The image in a layout, where other tools can look at it. */
  const exported = async (name: string): Promise<string> => {
    const layout = join(folder, `out-${Math.random()}`);
    await using source = store.source(name);
    await using destination = await ociLayoutDestination(layout, { ref: "made" });
    await copyImage(source, destination);
    return layout;
  };

  test("out of a change, as umoci and skopeo see it too", async () => {
    const name = "localhost/made:1";
    const edits = parseChanges(['CMD ["cat", "/etc/new"]', "ENV A=b", "USER 1000"]);
    const options = { base, root: upper, changes: changes(), edits, name, message: "a file" };
    const made = await commitImage(store, { ...options, author: "me" });
    expect(await store.resolve(name)).toMatchObject({ digest: made.descriptor.digest });
    const layout = await exported(name);
    const bundle = join(folder, "bundle");
    run("umoci", "unpack", "--image", `${layout}:made`, bundle);
    const tree = await snapshotTree(join(bundle, "rootfs"));
    expect(tree.has("etc/hostname")).toBe(false);
    expect(tree.get("etc/new")).toMatchObject({ links: 2, same: ["etc/new", "etc/same"] });
    const flat = join(folder, "flat");
    mkdirSync(flat);
    await unpackFlat(store, made.descriptor, flat);
    expect(await snapshotTree(flat)).toEqual(tree);
    const config = JSON.parse(run("skopeo", "inspect", "--config", `oci:${layout}:made`)) as {
      config: object;
      history: object[];
    };
    expect(config.config).toMatchObject({ User: "1000", Cmd: ["cat", "/etc/new"] });
    expect(config.history.at(-1)).toMatchObject({
      author: "me",
      created_by: "x commit",
      comment: "a file",
    });
  });

  test("with the same bytes of the same changes in the same second", async () => {
    const commit = () =>
      commitImage(store, { base, root: upper, changes: changes(), sourceDateEpoch: epoch });
    const [one, two] = [await commit(), await commit()];
    expect(one.descriptor).toEqual(two.descriptor);
    expect(one.config.created).toBe("2023-11-14T22:13:20Z");
  });

  test("without a layer when nothing but words changed", async () => {
    const edits = parseChanges(["LABEL a=b"]);
    const made = await commitImage(store, { base, edits, name: "localhost/made:words" });
    expect(made.config.rootfs.diff_ids).toHaveLength(1);
    expect(made.config.history!.at(-1)).toMatchObject({ empty_layer: true });
    const layout = await exported("localhost/made:words");
    expect(run("umoci", "stat", "--image", `${layout}:made`)).toContain("x commit");
  });

  test("under the name that people mean, which is refused before anything is done if it is none", async () => {
    const { descriptor } = await commitImage(store, { base, name: "app" });
    expect(await store.resolve("docker.io/library/app:latest")).toMatchObject({
      digest: descriptor.digest,
    });
    const before = await store.diskUsage();
    const digest = `sha256:${"0".repeat(64)}`;
    await expect(commitImage(store, { base, name: "App" })).rejects.toMatchObject({
      code: "X_IMAGE_REFERENCE",
    });
    await expect(importRoot(store, upper, { name: `app@${digest}` })).rejects.toMatchObject({
      code: "X_IMAGE_INVALID",
      field: "name",
    });
    expect(await store.diskUsage()).toEqual(before);
  });

  test("without a layer when nothing changed at all", async () => {
    async function* nothing(): AsyncGenerator<LayerChange> {}
    const made = await commitImage(store, { base, root: upper, changes: nothing() });
    expect(made.manifest.layers).toHaveLength(1);
  });

  test("out of a root: a directory, its archive, its archive compressed", async () => {
    const root = join(folder, "root");
    mkdirSync(join(root, "bin"), { recursive: true });
    writeFileSync(join(root, "bin/tool"), "#!/bin/sh\n", { mode: 0o755 });
    const tar = join(folder, "root.tar");
    run("tar", "--format=posix", "-C", root, "-cf", tar, ".");
    run("gzip", "-k", tar);
    for (const [path, type] of [
      [root, "gzip"],
      [tar, "tar"],
      [`${tar}.gz`, "gzip"],
    ] as const) {
      const options = { name: "localhost/imported:1", edits: { cmd: ["/bin/tool"] } };
      const made = await importRoot(store, path, options);
      expect(made.manifest.layers[0]!.mediaType).toMatch(new RegExp(`${type}$`));
      expect(made.config.config!.Cmd).toEqual(["/bin/tool"]);
      const flat = join(folder, `imported-${Math.random()}`);
      mkdirSync(flat);
      await unpackFlat(store, made.descriptor, flat);
      expect(await snapshotTree(flat)).toEqual(await snapshotTree(root));
      const layout = await exported("localhost/imported:1");
      expect(run("skopeo", "inspect", `oci:${layout}:made`)).toContain(made.descriptor.digest);
    }
    await expect(importRoot(store, "/bin/true")).rejects.toMatchObject({ code: "X_IMAGE_ARCHIVE" });
    await expect(importRoot(store, join(folder, "no"))).rejects.toMatchObject({
      code: "X_IMAGE_NOT_FOUND",
    });
  });

  test("and what broke off leaves nothing", async () => {
    async function* broken(): AsyncGenerator<LayerChange> {
      yield* changes();
      throw new Error("no more");
    }
    await expect(commitImage(store, { base, root: upper, changes: broken() })).rejects.toThrow(
      "no more",
    );
    expect(readdirSync(join(store.path, "incoming"))).toEqual([]);
  });
});
