import { describe, expect, test } from "vitest";
import type { Progress } from "../progress.ts";
import { mediaTypes } from "../spec/media-type.ts";
import { parsePlatform } from "../spec/platform.ts";
import type { Descriptor } from "../spec/types.ts";
import { MemoryDestination, MemorySource } from "../../testing/transport-memory.ts";
import { copyImage } from "./copy.ts";

const platform = parsePlatform("linux/amd64");

function severalPlatforms(source: MemorySource): { index: Descriptor; manifests: Descriptor[] } {
  const manifests = ["amd64", "arm64"].map((architecture) => ({
    ...source.image(["shared", `for ${architecture}`], { architecture }),
    platform: { os: "linux", architecture },
  }));
  const body = { schemaVersion: 2, mediaType: mediaTypes.index, manifests };
  return { index: source.addDocument(body, mediaTypes.index), manifests };
}

describe("an image is copied", () => {
  test("with blobs before manifests, each once, as they are", async () => {
    const [source, destination] = [new MemorySource(), new MemoryDestination()];
    const descriptor = source.image(["one", "two", "one"]);
    const copied = await copyImage(source, destination);
    expect(copied.descriptor).toEqual(descriptor);
    expect(copied.images).toHaveLength(1);
    expect(copied.images[0]!.config!.rootfs.diff_ids).toHaveLength(3);
    expect(destination.log.filter((line) => line === "blob one")).toHaveLength(1);
    expect(destination.log.at(-1)).toBe(`named document ${descriptor.digest}`);
    expect(destination.blobs).toEqual(source.blobs);
  });

  test("of which what is there is not asked for", async () => {
    const [source, destination] = [new MemorySource(), new MemoryDestination()];
    source.image(["one", "two"]);
    await copyImage(source, destination);
    source.image(["one", "two", "three"]);
    const events: Progress[] = [];
    await copyImage(source, destination, { onProgress: (event) => events.push(event) });
    expect(events.filter(({ state }) => state === "exists")).toHaveLength(2);
    expect(destination.log.filter((line) => line === "blob one")).toHaveLength(1);
  });

  test("telling of each blob from its start to its end", async () => {
    const [source, destination] = [new MemorySource(), new MemoryDestination()];
    source.image(["a layer"]);
    const events: Progress[] = [];
    await copyImage(source, destination, { phase: "upload", onProgress: (e) => events.push(e) });
    const layer = events.filter(({ mediaType }) => mediaType === mediaTypes.layer);
    expect(layer.map(({ state, bytes, total }) => [state, bytes, total])).toEqual([
      ["started", 0, 7],
      ["done", 7, 7],
    ]);
    expect(new Set(events.map(({ phase }) => phase))).toEqual(new Set(["upload"]));
  });

  test("with as many blobs at once as it is told", async () => {
    const [source, destination] = [new MemorySource(), new MemoryDestination()];
    source.image(Array.from({ length: 12 }, (_, index) => `layer ${index}`));
    await copyImage(source, destination, { concurrency: 4 });
    expect(destination.mostAtOnce).toBe(4);
  });
});

describe("of an index", () => {
  test("the platform's image is copied, and its manifest gets the name", async () => {
    const [source, destination] = [new MemorySource(), new MemoryDestination()];
    const { manifests } = severalPlatforms(source);
    const copied = await copyImage(source, destination, { platform: parsePlatform("arm64") });
    expect(copied.descriptor.digest).toBe(manifests[1]!.digest);
    expect(destination.named?.digest).toBe(manifests[1]!.digest);
    expect(destination.log).not.toContain("blob for amd64");
  });

  test("all are copied if that is asked for, and the index gets the name", async () => {
    const [source, destination] = [new MemorySource(), new MemoryDestination()];
    const { index, manifests } = severalPlatforms(source);
    const copied = await copyImage(source, destination, { all: true });
    expect(copied.descriptor).toEqual(index);
    expect(copied.images.map(({ descriptor }) => descriptor.digest)).toEqual(
      manifests.map(({ digest }) => digest),
    );
    expect(destination.log.slice(-3)).toEqual([
      ...manifests.map(({ digest }) => `document ${digest}`),
      `named document ${index.digest}`,
    ]);
    expect(destination.blobs).toEqual(source.blobs);
  });

  test("another platform is refused, and nothing is copied", async () => {
    const [source, destination] = [new MemorySource(), new MemoryDestination()];
    severalPlatforms(source);
    await expect(
      copyImage(source, destination, { platform: parsePlatform("s390x") }),
    ).rejects.toMatchObject({ code: "X_IMAGE_PLATFORM", hint: "It has linux/amd64, linux/arm64" });
    expect(destination.log).toEqual([]);
  });

  test("an entry that announces another type than its document has is refused", async () => {
    const source = new MemorySource();
    const manifest = source.image(["x"]);
    const manifests = [{ ...manifest, mediaType: mediaTypes.dockerManifest }];
    source.addDocument({ schemaVersion: 2, manifests }, mediaTypes.index);
    await expect(copyImage(source, new MemoryDestination(), { platform })).rejects.toMatchObject({
      code: "X_IMAGE_MEDIA_TYPE",
    });
  });

  test("indexes within each other are followed, yet not for ever", async () => {
    const source = new MemorySource();
    let descriptor = source.image(["deep"]);
    const wrap = (): void => {
      const body = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [descriptor] };
      descriptor = source.addDocument(body, mediaTypes.index);
    };
    for (let depth = 0; depth < 4; depth++) wrap();
    const destination = new MemoryDestination();
    await copyImage(source, destination, { platform });
    expect(destination.log).toContain("blob deep");
    wrap();
    await expect(copyImage(source, destination, { platform })).rejects.toMatchObject({
      code: "X_IMAGE_LIMIT",
    });
  });
});

describe("what is wrong is refused", () => {
  test("an image for another platform than the one that was asked for", async () => {
    const source = new MemorySource();
    source.image(["x"], { architecture: "arm64" });
    const copy = copyImage(source, new MemoryDestination(), { platform });
    await expect(copy).rejects.toMatchObject({ code: "X_IMAGE_PLATFORM" });
    await expect(copyImage(source, new MemoryDestination())).resolves.toBeDefined();
  });

  test("a configuration that speaks of other layers than the manifest", async () => {
    const source = new MemorySource();
    const { digest } = source.image(["a", "b"]);
    const body = JSON.parse(Buffer.from(source.documents.get(digest)!.bytes).toString()) as {
      layers: object[];
    };
    source.addDocument({ ...body, layers: body.layers.slice(1) }, mediaTypes.manifest);
    await expect(copyImage(source, new MemoryDestination())).rejects.toMatchObject({
      code: "X_IMAGE_BODY",
      field: "rootfs.diff_ids",
    });
  });

  test("a configuration whose bytes are others than its digest says", async () => {
    const source = new MemorySource();
    source.image(["a"]);
    const [digest] = [...source.blobs.keys()].slice(-1);
    const bytes = Buffer.from(source.blobs.get(digest!)!);
    bytes[5]! ^= 1;
    source.blobs.set(digest!, bytes);
    await expect(copyImage(source, new MemoryDestination())).rejects.toMatchObject({
      code: "X_IMAGE_DIGEST",
    });
  });
});

test("the first failure ends the other blobs, which are waited for; nothing gets a name", async () => {
  const [source, destination] = [new MemorySource(), new MemoryDestination()];
  source.image(Array.from({ length: 20 }, (_, index) => `layer ${index}`));
  const [first] = source.blobs.keys();
  source.blobs.delete(first!);
  await expect(copyImage(source, destination)).rejects.toThrow("no blob");
  expect(destination.atOnce).toBe(0);
  expect(destination.blobs.size).toBeLessThan(20);
  expect(destination.named).toBeUndefined();
});

test("a signal ends a copy with its reason", async () => {
  const [source, destination] = [new MemorySource(), new MemoryDestination()];
  source.image(Array.from({ length: 20 }, (_, index) => `layer ${index}`));
  const abort = new AbortController();
  const onProgress = ({ state }: Progress): void => {
    if (state === "done") abort.abort(new Error("enough"));
  };
  await expect(
    copyImage(source, destination, { signal: abort.signal, onProgress }),
  ).rejects.toThrow("enough");
  expect(destination.named).toBeUndefined();
});
