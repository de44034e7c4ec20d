import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  canMakeImages,
  makeManyLayerImage,
  makeMultiPlatformImage,
  makeThreeLayerImage,
  withZstdLayers,
} from "../../testing/images.ts";
import { describeLayout, writeBlob, writeLayoutIndex } from "../../testing/image-layouts.ts";
import { snapshotTree, type SnapshotEntry } from "../../testing/tree-snapshot.ts";
import type { Progress } from "../progress.ts";
import { mediaTypes } from "../spec/media-type.ts";
import { parsePlatform } from "../spec/platform.ts";
import type { Descriptor, ImageConfig, ImageManifest } from "../spec/types.ts";
import { openStore, type Store } from "../store/store.ts";
import { ociLayoutSource } from "../transport/layout-source.ts";
import { fetchImage, type FetchOptions, type Fetched } from "./pull.ts";
import { unpackFlat, unpackImage } from "./unpack.ts";

const why = canMakeImages ? "" : " (needs root, umoci, skopeo, busybox, zstd, setcap)";

describe.skipIf(!canMakeImages)(`an image is unpacked${why}`, () => {
  let folder = "";
  let layout = "";
  let store: Store;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "unpack-"));
    layout = join(folder, "layout");
    withZstdLayers(makeThreeLayerImage(layout));
    makeManyLayerImage(layout);
    makeMultiPlatformImage(layout);
    store = await openStore({ path: join(folder, "store") });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const fetch = async (ref: string, options: FetchOptions = {}): Promise<Fetched> => {
    await using source = await ociLayoutSource(layout, { ref });
    return fetchImage(store, `localhost/${ref}:latest`, source, options);
  };
  const folderOf = (name: string): string => {
    const path = join(folder, name);
    mkdirSync(path);
    return path;
  };
  /** The tree that overlay shows of these layers. */
  const stacked = async (lower: readonly string[]): Promise<Map<string, SnapshotEntry>> => {
    const target = folderOf(`merged-${Math.random()}`);
    const options = `lowerdir=${lower.join(":")},redirect_dir=nofollow,metacopy=off,index=off`;
    run("mount", "-t", "overlay", "-o", options, "overlay", target);
    try {
      return await snapshotTree(target);
    } finally {
      run("umount", target);
    }
  };
  const unpackedByUmoci = async (ref: string): Promise<Map<string, SnapshotEntry>> => {
    const bundle = join(folder, `bundle-${ref}`);
    run("umoci", "unpack", "--image", `${layout}:${ref}`, bundle);
    return snapshotTree(join(bundle, "rootfs"));
  };

  test("flat to the tree that umoci unpacks", async () => {
    const { descriptor } = await fetch("three", { unpack: false });
    const flat = folderOf("flat");
    const { config } = await unpackFlat(store, descriptor, flat);
    expect(config.config!.User).toBe("1000:1000");
    expect(await snapshotTree(flat)).toEqual(await unpackedByUmoci("three"));
  });

  test.each(["three", "three-zstd"])("as layers to the same tree: %s", async (ref) => {
    const { unpacked, descriptor } = await fetch(ref);
    expect(unpacked!.lower).toHaveLength(3);
    const flat = folderOf(`flat-${ref}`);
    await unpackFlat(store, descriptor, flat);
    // How many names a file has in its layer is what overlay says, not how many are to be seen.
    const expected = withoutLinks(await snapshotTree(flat));
    expect(withoutLinks(await stacked(unpacked!.lower))).toEqual(expected);
  });

  test("once: the second time all layers are there", async () => {
    const first = await fetch("many");
    const events: Progress[] = [];
    const again = await unpackImage(store, first.descriptor, { onProgress: (e) => events.push(e) });
    expect(again.lower).toEqual(first.unpacked!.lower);
    expect(again.lower).toHaveLength(20);
    expect(events.map(({ state }) => state)).toEqual(again.lower.map(() => "exists"));
    expect(readFileSync(join(again.lower[0]!, "top"), "utf8")).toBe("19\n");
  });

  test("telling of each layer from start to end", async () => {
    const other = await openStore({ path: join(folder, "told") });
    const events: Progress[] = [];
    await using source = await ociLayoutSource(layout, { ref: "three" });
    await fetchImage(other, undefined, source, { onProgress: (event) => events.push(event) });
    const unpacks = events.filter(({ phase }) => phase === "unpack");
    const { digest, total } = unpacks[0]!;
    const one = unpacks.filter((event) => event.digest === digest);
    expect([one[0]!.state, one.at(-1)!.state]).toEqual(["started", "done"]);
    expect(one.findLast(({ state }) => state === "running")!.bytes).toBe(total);
  });

  test("for the platform that is asked for, also of an index that is there whole", async () => {
    const whole = await fetch("multi", { all: true });
    expect(whole.unpacked!.config.architecture).toBe("amd64");
    const platform = parsePlatform("linux/arm/v7");
    const { lower } = await unpackImage(store, whole.descriptor, { platform });
    expect(readFileSync(join(lower[0]!, "platform"), "utf8")).toBe("arm/v7\n");
    await expect(
      unpackImage(store, whole.descriptor, { platform: parsePlatform("s390x") }),
    ).rejects.toMatchObject({ code: "X_IMAGE_PLATFORM" });
  });

  test("not if a layer is not what the configuration says; no part of it stays", async () => {
    const manifest = blob<ImageManifest>(describeLayout(layout, "three").digest);
    const config = blob<ImageConfig>(manifest.config.digest);
    const [first, second, third] = config.rootfs.diff_ids;
    const liar = { ...config, rootfs: { type: "layers", diff_ids: [first, third, second] } };
    const body = {
      ...manifest,
      config: writeBlob(layout, JSON.stringify(liar), mediaTypes.config),
    };
    const { mediaType = mediaTypes.manifest } = manifest;
    writeLayoutIndex(layout, "liar", writeBlob(layout, JSON.stringify(body), mediaType));
    const fresh = await openStore({ path: join(folder, "fresh") });
    await using source = await ociLayoutSource(layout, { ref: "liar" });
    await expect(fetchImage(fresh, undefined, source)).rejects.toMatchObject({
      code: "X_IMAGE_DIGEST",
    });
    expect(readdirSync(join(fresh.path, "layers")).length).toBeLessThanOrEqual(1);
    expect(unfinished(fresh)).toEqual([]);
  });

  test("not after the signal; what is whole by then stays, the next time goes on", async () => {
    const fresh = await openStore({ path: join(folder, "aborted") });
    const abort = new AbortController();
    const onProgress = ({ phase, state }: Progress): void => {
      if (phase === "unpack" && state === "done") abort.abort(new Error("enough"));
    };
    {
      await using source = await ociLayoutSource(layout, { ref: "many" });
      const fetching = fetchImage(fresh, undefined, source, { signal: abort.signal, onProgress });
      await expect(fetching).rejects.toThrow("enough");
    }
    expect(unfinished(fresh)).toEqual([]);
    await using source = await ociLayoutSource(layout, { ref: "many" });
    const { unpacked } = await fetchImage(fresh, "localhost/many:latest", source);
    expect(unpacked!.lower).toHaveLength(20);
  });

  test("when a blob is missing, the error says so and nothing waits for ever", async () => {
    const broken = join(folder, "broken");
    run("cp", "-r", layout, broken);
    const manifest = blob<ImageManifest>(describeLayout(layout, "many").digest);
    rmSync(join(broken, "blobs", ...manifest.layers[7]!.digest.split(":")));
    const fresh = await openStore({ path: join(folder, "missing") });
    await using source = await ociLayoutSource(broken, { ref: "many" });
    await expect(fetchImage(fresh, "localhost/x:y", source)).rejects.toMatchObject({
      code: "X_IMAGE_NOT_FOUND",
    });
    expect(await fresh.references()).toEqual([]);
  });

  test("when a blob is damaged, that is what the error says, and nothing of it stays", async () => {
    const damaged = join(folder, "damaged");
    run("cp", "-r", layout, damaged);
    const [{ digest, size }] = blob<ImageManifest>(describeLayout(layout, "three").digest)
      .layers as [Descriptor];
    const path = join(damaged, "blobs", ...digest.split(":"));
    run("sh", "-c", `printf xxxx | dd of=${path} bs=1 seek=${size >> 1} conv=notrunc`);
    const fresh = await openStore({ path: join(folder, "digest") });
    await using source = await ociLayoutSource(damaged, { ref: "three" });
    await expect(fetchImage(fresh, "localhost/x:y", source)).rejects.toMatchObject({
      code: "X_IMAGE_DIGEST",
      message: expect.stringContaining(digest),
    });
    expect(readdirSync(join(fresh.path, "layers"))).toEqual([]);
    expect(unfinished(fresh)).toEqual([]);
  });

  /** Layers that broke off. Parts of blobs may stay, for the next attempt. */
  const unfinished = (of: Store): string[] =>
    readdirSync(join(of.path, "incoming")).filter((name) => name.startsWith("layer"));
  const blob = <Body>(digest: string): Body =>
    JSON.parse(readFileSync(join(layout, "blobs", ...digest.split(":")), "utf8")) as Body;
});

function withoutLinks(tree: Map<string, SnapshotEntry>): Map<string, object> {
  return new Map([...tree].map(([path, entry]) => [path, { ...entry, links: 0, same: [] }]));
}
