import { mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { openStore, unpackImage, type Store } from "@x/image";
import { makeManyFilesImage } from "../testing/many-files-image.ts";
import { faultsOf, layerTrees, leftIn, type LayerTrees } from "../testing/store-audit.ts";

describe("what looks at stores after a kill", () => {
  const folder = mkdtempSync(join(tmpdir(), "x-controls-"));
  let store: Store;
  let trees: LayerTrees;
  let layer = "";
  let blob = "";
  let round = 0;
  beforeEach(async () => {
    store = await openStore({ path: join(folder, `${round++}`) });
    const many = { layers: 2, files: 3, bytes: 3000 };
    const descriptor = await makeManyFilesImage(store, "localhost/many:latest", many);
    const { lower, manifest } = await unpackImage(store, descriptor);
    trees = await layerTrees(store);
    layer = lower[0]!;
    blob = join(store.images, "blobs/sha256", manifest.layers[0]!.digest.slice(7));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("finds nothing in a store that is whole", async () => {
    expect(await faultsOf(store, trees)).toEqual([]);
    expect(leftIn(store)).toEqual([]);
  });

  test("notices a blob that was written in place and not to its end", async () => {
    truncateSync(blob, 1000);
    expect(await faultsOf(store, trees)).toContainEqual(expect.stringMatching(/^wrong-digest/));
  });

  test("notices a layer that was unpacked in place and not to its end", async () => {
    rmSync(join(layer, "layer-1/2"));
    expect(await faultsOf(store, trees)).toEqual([expect.stringMatching(/not what it should be/)]);
  });

  test("notices a file of a layer that is half written", async () => {
    truncateSync(join(layer, "layer-1/2"), 1000);
    expect(await faultsOf(store, trees)).toEqual([expect.stringMatching(/not what it should be/)]);
  });

  test("notices a layer that got its name before its record", async () => {
    const record = join(layer, "../layer.json");
    renameSync(record, `${record}.kept`);
    expect(await faultsOf(store, trees)).toContainEqual(expect.stringMatching(/without-record/));
  });

  test("notices a name that stands for nothing", async () => {
    const index = join(store.images, "index.json");
    const digest = `sha256:${"0".repeat(64)}`;
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const manifests = [
      { mediaType, digest, size: 7, annotations: { "org.opencontainers.image.ref.name": "a:1" } },
    ];
    writeFileSync(index, JSON.stringify({ schemaVersion: 2, manifests }));
    expect(await faultsOf(store, trees)).toContainEqual(expect.stringMatching(/dangling/));
  });

  test("notices what lies about", () => {
    writeFileSync(join(store.path, "incoming", "left"), "");
    writeFileSync(join(store.path, "locks", "blob-1"), "");
    expect(leftIn(store)).toEqual(["left", "blob-1"]);
  });
});
