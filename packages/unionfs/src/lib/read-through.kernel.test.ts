import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readThrough } from "./read-through.ts";

let folder: string;
let layers: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "x-read-through-"));
  layers = ["top", "middle", "bottom"].map((name) => join(folder, name));
  for (const layer of layers) mkdirSync(join(layer, "etc"), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = (path: string): string | undefined => readThrough(layers, path)?.toString();
const write = (layer: number, path: string, content: string): void =>
  writeFileSync(join(layers[layer]!, path), content);

test("a file is that of the topmost layer that has it", () => {
  write(2, "etc/passwd", "bottom");
  expect(text("/etc/passwd")).toBe("bottom");
  write(0, "etc/passwd", "top");
  expect(text("etc/passwd")).toBe("top");
  expect(text("etc/shadow")).toBeUndefined();
  expect(text("etc")).toBeUndefined();
});

test("whiteouts and opaque directories hide what is below them", () => {
  write(2, "etc/passwd", "bottom");
  write(2, "etc/group", "bottom");
  execFileSync("mknod", [join(layers[1]!, "etc/passwd"), "c", "0", "0"]);
  expect(text("etc/passwd")).toBeUndefined();
  expect(text("etc/group")).toBe("bottom");
  execFileSync("setfattr", ["-n", "user.overlay.opaque", "-v", "y", join(layers[1]!, "etc")]);
  expect(text("etc/group")).toBeUndefined();
});

test("symbolic links lead through all layers, and never out of them", () => {
  write(2, "etc/real", "bottom");
  symlinkSync("/etc/real", join(layers[0]!, "etc/absolute"));
  symlinkSync("../../../../etc/real", join(layers[1]!, "etc/relative"));
  symlinkSync("loop", join(layers[0]!, "etc/loop"));
  symlinkSync("/etc", join(layers[0]!, "link"));
  expect(text("etc/absolute")).toBe("bottom");
  expect(text("etc/relative")).toBe("bottom");
  expect(text("link/real")).toBe("bottom");
  expect(text("etc/loop")).toBeUndefined();
  write(0, "outside", "");
  symlinkSync(join(folder, "top/outside"), join(layers[0]!, "etc/out"));
  expect(text("etc/out")).toBeUndefined();
});

test("what is no regular file, or too long, is not read", () => {
  execFileSync("mkfifo", [join(layers[0]!, "etc/fifo")]);
  write(0, "etc/long", "12345");
  expect(readThrough(layers, "etc/fifo")).toBeNull();
  expect(readThrough(layers, "etc/long", { maxBytes: 4 })).toBeNull();
  expect(readThrough(layers, "etc/long", { maxBytes: 5 })?.toString()).toBe("12345");
});
