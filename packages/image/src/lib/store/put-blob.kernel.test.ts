import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { blobOf, opened, temporaryStore } from "../../testing/store-content.ts";
import { startOnStore } from "../../testing/store-process.ts";
import type { Digest } from "../spec/digest.ts";
import type { BlobContent } from "../transport/transport.ts";
import { openStore, type Store } from "./store.ts";

const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 251));
const { descriptor } = blobOf(bytes);

const partialOf = (store: Store): string =>
  join(store.path, "incoming", `${descriptor.digest.slice(7)}.partial`);
const fileOf = (store: Store, digest: Digest = descriptor.digest): string =>
  join(store.images, "blobs", "sha256", digest.slice(7));

/** Counts from where it was asked for, and breaks off after so many bytes. */
function breakingAfter(count: number, error: Error) {
  return async (start: number): Promise<BlobContent> => {
    async function* chunks() {
      yield bytes.subarray(start, start + count);
      throw error;
    }
    return { start, chunks: chunks() };
  };
}

describe("a blob that comes in", () => {
  test("is there whole, and is reported up to its last byte", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const heard: number[] = [];
    const onBytes = (count: number): void => void heard.push(count);
    expect(await store.putBlob(descriptor, opened(bytes, 100_000), { onBytes })).toBe("stored");
    expect(heard.at(-1)).toBe(300_000);
    expect((await readFile(fileOf(store))).equals(bytes)).toBe(true);
    expect(await store.has(descriptor)).toBe(true);
    expect(await store.has({ ...descriptor, size: 1 })).toBe(false);
    const { start, chunks } = await store.readBlob(descriptor, { offset: 299_998 });
    const read: Uint8Array[] = [];
    for await (const chunk of chunks) read.push(chunk);
    expect(start).toBe(299_998);
    expect(Buffer.concat(read)).toEqual(bytes.subarray(299_998));
  });

  test("may be empty", async () => {
    await using temporary = await temporaryStore();
    const empty = blobOf("");
    await temporary.store.putBlob(empty.descriptor, opened(empty.bytes));
    expect(await temporary.store.size(empty.descriptor.digest)).toBe(0);
  });

  test("may be known by a longer digest", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const digest: Digest = `sha512:${createHash("sha512").update(bytes).digest("hex")}`;
    await store.putBlob({ ...descriptor, digest }, opened(bytes));
    expect(await store.size(digest)).toBe(bytes.length);
    expect(await store.check({ verify: true })).toEqual([]);
    expect(await store.collectGarbage()).toMatchObject({ blobs: 1 });
  });

  test("goes on from where it broke off", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const reset = Object.assign(new Error("reset"), {
      code: "ECONNRESET",
      errno: -104,
      syscall: "read",
    });
    await expect(store.putBlob(descriptor, breakingAfter(1000, reset))).rejects.toBe(reset);
    expect(await store.has(descriptor)).toBe(false);
    const asked: number[] = [];
    await store.putBlob(descriptor, (offset) => {
      asked.push(offset);
      return opened(bytes)(offset);
    });
    expect(asked).toEqual([1000]);
    expect((await readFile(fileOf(store))).equals(bytes)).toBe(true);
    expect(existsSync(partialOf(store))).toBe(false);
  });

  test.each([0, 400])("may be given from byte %i on although more is there", async (start) => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    await writeFile(partialOf(store), bytes.subarray(0, 1000));
    await store.putBlob(descriptor, async () => opened(bytes)(start));
    expect((await readFile(fileOf(store))).equals(bytes)).toBe(true);
  });

  test("may not be given with a gap", async () => {
    await using temporary = await temporaryStore();
    await expect(temporary.store.putBlob(descriptor, () => opened(bytes)(5))).rejects.toMatchObject(
      { code: "X_IMAGE_INVALID", field: "start" },
    );
  });

  test("is asked for from its beginning when what was there is damaged, or too much", async () => {
    for (const found of [Buffer.alloc(1000), Buffer.alloc(300_000), Buffer.alloc(300_001)]) {
      await using temporary = await temporaryStore();
      const { store } = temporary;
      await writeFile(partialOf(store), found);
      await store.putBlob(descriptor, opened(bytes));
      expect((await readFile(fileOf(store))).equals(bytes)).toBe(true);
    }
  });

  test("is not asked for when all of it was there already", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    await writeFile(partialOf(store), bytes);
    await store.putBlob(descriptor, () => Promise.reject(new Error("asked")));
    expect(await store.has(descriptor)).toBe(true);
  });

  test("is refused when it is other content, and nothing of it stays", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const wrong = Buffer.from(bytes);
    wrong[150_000]! ^= 1;
    await expect(store.putBlob(descriptor, opened(wrong))).rejects.toMatchObject({
      code: "X_IMAGE_DIGEST",
      message: expect.stringContaining(descriptor.digest),
    });
    expect(await store.has(descriptor)).toBe(false);
    expect(readdirSync(join(store.path, "incoming"))).toEqual([]);
  });

  test("is refused as soon as it is too long", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    let given = 0;
    async function* endless() {
      for (;;) {
        given += 1000;
        yield Buffer.alloc(1000);
      }
    }
    const endlessly = async () => ({ start: 0, chunks: endless() });
    await expect(store.putBlob(descriptor, endlessly)).rejects.toMatchObject({
      code: "X_IMAGE_SIZE",
    });
    expect(given).toBe(301_000);
    expect(readdirSync(join(store.path, "incoming"))).toEqual([]);
  });

  test("is refused when it ends too early, and its part is kept for the next attempt", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    await expect(store.putBlob(descriptor, opened(bytes.subarray(0, 5000)))).rejects.toMatchObject({
      code: "X_IMAGE_SIZE",
      message: expect.stringContaining("5000 of"),
    });
    expect((await readFile(partialOf(store))).equals(bytes.subarray(0, 5000))).toBe(true);
  });

  test("is given up when the signal says so, and its part is kept", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const abort = new AbortController();
    const onBytes = (): void => abort.abort(new Error("enough"));
    const options = { signal: abort.signal, onBytes };
    await expect(store.putBlob(descriptor, opened(bytes, 1000), options)).rejects.toThrow("enough");
    const part = await readFile(partialOf(store));
    expect(part.length).toBeGreaterThanOrEqual(1000);
    expect(part.equals(bytes.subarray(0, part.length))).toBe(true);
  });

  test.each(["sha256:../../x", "sha256:ABC", "md5:0", "sha512:00"])(
    "is refused under %j before any path is made of it",
    async (digest) => {
      await using temporary = await temporaryStore();
      const bad = { ...descriptor, digest: digest as Digest };
      const refusal = { code: "X_IMAGE_DIGEST" };
      await expect(temporary.store.putBlob(bad, opened(bytes))).rejects.toMatchObject(refusal);
      await expect(temporary.store.has(bad)).rejects.toMatchObject(refusal);
    },
  );

  test.each([-1, 1.5, Number.NaN, 2 ** 60])("is refused with the size %d", async (size) => {
    await using temporary = await temporaryStore();
    await expect(
      temporary.store.putBlob({ ...descriptor, size }, opened(bytes)),
    ).rejects.toMatchObject({ code: "X_IMAGE_SIZE" });
  });
});

describe("of several who want the same blob at once", () => {
  test("one brings it, in one process", async () => {
    await using temporary = await temporaryStore();
    let asked = 0;
    const open = (offset: number): Promise<BlobContent> => {
      asked++;
      return opened(bytes)(offset);
    };
    const all = Array.from({ length: 8 }, () => temporary.store.putBlob(descriptor, open));
    expect((await Promise.all(all)).toSorted()).toEqual([...Array(7).fill("exists"), "stored"]);
    expect(asked).toBe(1);
  });

  test("one brings it, in several processes", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    await using other = startOnStore("slow", store.path, "3");
    await other.begun;
    const slow = blobOf(Buffer.alloc(100_000, "slow"));
    const asked = () => Promise.reject(new Error("asked"));
    expect(await store.putBlob(slow.descriptor, asked)).toBe("exists");
    await other.done;
  });

  test("the next goes on when the one that brings it is killed", async () => {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    await using other = startOnStore("slow", store.path, "600000");
    await other.begun;
    const slow = blobOf(Buffer.alloc(100_000, "slow"));
    const asked: number[] = [];
    const waiting = store.putBlob(slow.descriptor, (offset) => {
      asked.push(offset);
      return opened(slow.bytes)(offset);
    });
    await other.kill();
    expect(await waiting).toBe("stored");
    expect(asked).toEqual([1000]);
  });
});

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)(`a full disk${isRoot ? "" : " (skipped: mounting needs root)"}`, () => {
  const onSmallDisk = async (work: (store: Store, folder: string) => Promise<void>) => {
    await using temporary = await temporaryStore();
    const folder = join(temporary.folder, "disk");
    await mkdir(folder);
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]);
    expect(mounted.status).toBe(0);
    try {
      await work(await openStore({ path: join(folder, "store") }), folder);
    } finally {
      expect(spawnSync("umount", [folder]).status).toBe(0);
    }
  };

  test("is told before anything is downloaded, with what is free and what to do", async () => {
    await onSmallDisk(async (store) => {
      const big = blobOf(Buffer.alloc(2_000_000));
      await expect(
        store.putBlob(big.descriptor, () => Promise.reject(new Error("asked"))),
      ).rejects.toMatchObject({
        code: "X_IMAGE_NO_SPACE",
        message: expect.stringMatching(/needs 2000000 bytes.*\d+ bytes are free.*x system prune/),
      });
    });
  });

  test("that fills up meanwhile is told, and the part that is there frees its space", async () => {
    await onSmallDisk(async (store, folder) => {
      const open = async (offset: number): Promise<BlobContent> => {
        await writeFile(join(folder, "other"), Buffer.alloc(900_000));
        return opened(bytes)(offset);
      };
      await expect(store.putBlob(descriptor, open)).rejects.toMatchObject({
        code: "X_IMAGE_NO_SPACE",
        message: expect.stringMatching(/bytes are free/),
      });
      expect(readdirSync(join(store.path, "incoming"))).toEqual([]);
    });
  });
});
