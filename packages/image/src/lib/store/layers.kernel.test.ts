import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryStore } from "../../testing/store-content.ts";
import { digestOf } from "../spec/digest.ts";
import { chainId } from "./chain-id.ts";
import type { LayerRecord } from "./layer-record.ts";

const diffId = digestOf("layer");
const record: LayerRecord = { diffId, parent: null, bytes: 100, entries: 1 };

async function make(directory: string): Promise<LayerRecord> {
  await writeFile(join(directory, "file"), "content");
  return record;
}

describe("a layer", () => {
  test("is made once, and found by who asks later", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    expect(await store.layer(diffId)).toBeUndefined();
    let made = 0;
    const counted = (directory: string): Promise<LayerRecord> => {
      made++;
      return make(directory);
    };
    const all = Array.from({ length: 5 }, () => store.ensureLayer(diffId, counted));
    const [directory, ...others] = await Promise.all(all);
    expect(new Set(others)).toEqual(new Set([directory]));
    expect(made).toBe(1);
    expect(await store.layer(diffId)).toBe(directory);
    expect(await readFile(join(directory!, "file"), "utf8")).toBe("content");
    expect(statSync(directory!).mode & 0o777).toBe(0o755);
    expect(await store.layerRecord(diffId)).toMatchObject({
      ...record,
      chainId: diffId,
      made: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      by: { pid: process.pid },
    });
    expect(readdirSync(join(store.path, "incoming"))).toEqual([]);
  });

  test("of which making failed leaves nothing, and the error is the maker's", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const failure = new Error("no");
    const failing = async (directory: string): Promise<LayerRecord> => {
      await mkdir(join(directory, "sub"));
      await writeFile(join(directory, "sub", "file"), "half");
      throw failure;
    };
    await expect(store.ensureLayer(diffId, failing)).rejects.toBe(failure);
    expect(await store.layer(diffId)).toBeUndefined();
    expect(readdirSync(join(store.path, "incoming"))).toEqual([]);
    await store.ensureLayer(diffId, make);
  });

  test("that turns out to be another one is refused", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const other = chainId(diffId, digestOf("above"));
    await expect(store.ensureLayer(other, make)).rejects.toMatchObject({ code: "X_IMAGE_DIGEST" });
    expect(await store.layer(other)).toBeUndefined();
  });

  test("that a killed process has half made is made anew", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const half = join(store.path, "incoming", `layer-${diffId.slice(7)}`);
    await mkdir(join(half, "diff"), { recursive: true });
    await writeFile(join(half, "diff", "left"), "over");
    const directory = await store.ensureLayer(diffId, make);
    expect(readdirSync(directory)).toEqual(["file"]);
  });

  test("whose files or record are gone is none, and is made anew", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    for (const part of ["diff", "layer.json"]) {
      const directory = await store.ensureLayer(diffId, make);
      await rm(join(directory, "..", part), { recursive: true });
      expect(await store.layer(diffId)).toBeUndefined();
      expect(existsSync(join(await store.ensureLayer(diffId, make), "file"))).toBe(true);
    }
  });

  test("with a damaged record is told, and its files are left to those who use them", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const directory = await store.ensureLayer(diffId, make);
    await writeFile(join(directory, "..", "layer.json"), "{");
    await expect(store.ensureLayer(diffId, make)).rejects.toMatchObject({
      code: "X_IMAGE_STORE",
      hint: expect.stringMatching(/x system check/),
    });
    expect(existsSync(join(directory, "file"))).toBe(true);
  });
});
