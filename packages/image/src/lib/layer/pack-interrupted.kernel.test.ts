import { appendFileSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/layer-directory.ts";
import { makeHardTree } from "../../testing/layer-packing.ts";
import { packLayer } from "./pack.ts";

const code = (code: string, field?: string): unknown =>
  expect.objectContaining(field === undefined ? { code } : { code, field });

describe("a file that changes while it is packed", () => {
  const during = async (change: (path: string) => void): Promise<unknown> => {
    await using directory = temporaryDirectory();
    const path = join(directory.root, "file");
    writeFileSync(path, Buffer.alloc(3_000_000, 1));
    const before = openDescriptors();
    const { chunks, packed } = packLayer("everything", {
      root: directory.root,
      compression: "none",
    });
    let first = true;
    try {
      for await (const chunk of chunks) {
        if (first && chunk.length > 0) change(path);
        first = false;
      }
    } finally {
      expect(openDescriptors()).toBe(before);
    }
    return packed;
  };

  test("makes no broken layer", async () => {
    const error = code("X_IMAGE_INVALID", "file");
    await expect(during((path) => truncateSync(path, 10))).rejects.toThrow(error);
    await expect(during((path) => appendFileSync(path, "more"))).rejects.toThrow(error);
    expect(await during(() => undefined)).toMatchObject({ entries: 2 });
  });
});

test("packing ends when it is told to, and says so on both sides", async () => {
  await using directory = temporaryDirectory();
  makeHardTree(directory.root);
  const abort = new AbortController();
  const { chunks, packed } = packLayer("everything", {
    root: directory.root,
    compression: "gzip",
    signal: abort.signal,
    onBytes: () => abort.abort(new Error("enough")),
  });
  const read = async (): Promise<void> => {
    for await (const chunk of chunks) expect(chunk.length).toBeGreaterThan(0);
  };
  await expect(read()).rejects.toThrow("enough");
  await expect(packed).rejects.toThrow("enough");
});

test("a layer that nobody reads to its end is none", async () => {
  await using directory = temporaryDirectory();
  makeHardTree(directory.root);
  const before = openDescriptors();
  const { chunks, packed } = packLayer("everything", {
    root: directory.root,
    compression: "none",
  });
  for await (const chunk of chunks) if (chunk.length > 0) break;
  await expect(packed).rejects.toThrow(code("X_IMAGE_INVALID"));
  expect(openDescriptors()).toBe(before);
});

function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}
