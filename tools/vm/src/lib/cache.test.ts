import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cached, cacheFolder } from "./cache.ts";

let cache = "";
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "cache-"));
});
afterEach(() => rmSync(cache, { recursive: true }));

test("a folder is filled once", async () => {
  let fills = 0;
  const fill = async (folder: string): Promise<void> =>
    writeFileSync(join(folder, "n"), `${++fills}`);
  await cached("a", fill, cache);
  const place = await cached("a", fill, cache);
  expect(readFileSync(join(place, "n"), "utf8")).toBe("1");
});

test("of two that fill a folder at once one wins, and both get a complete one", async () => {
  const places = await Promise.all([
    cached("a", fillInTwoGoes, cache),
    cached("a", fillInTwoGoes, cache),
  ]);
  expect(places).toEqual([join(cache, "a"), join(cache, "a")]);
  expect(readdirSync(join(cache, "a"))).toEqual(["first", "second"]);
  expect(readdirSync(cache)).toEqual(["a"]);
});

test("a fill that fails leaves nothing", async () => {
  await expect(cached("a", fillHalf, cache)).rejects.toThrow("no network");
  expect(readdirSync(cache)).toEqual([]);
});

test("what a killed run left half done is removed, what a living one does is not", async () => {
  const [dead, alive] = ["a.99999999.x.partial", `b.${process.pid}.x.partial`];
  mkdirSync(join(cache, dead));
  mkdirSync(join(cache, alive));
  await cached("c", async () => undefined, cache);
  expect(existsSync(join(cache, dead))).toBe(false);
  expect(existsSync(join(cache, alive))).toBe(true);
});

test("X_VM_CACHE goes before XDG_CACHE_HOME", () => {
  expect(cacheFolder({ X_VM_CACHE: "/a", XDG_CACHE_HOME: "/b" })).toBe("/a");
  expect(cacheFolder({ XDG_CACHE_HOME: "/b" })).toBe("/b/x-vm");
});

async function fillInTwoGoes(folder: string): Promise<void> {
  writeFileSync(join(folder, "first"), "");
  await new Promise((resolve) => setTimeout(resolve, 5));
  writeFileSync(join(folder, "second"), "");
}

async function fillHalf(folder: string): Promise<void> {
  writeFileSync(join(folder, "half"), "");
  throw new Error("no network");
}
