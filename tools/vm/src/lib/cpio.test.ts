import { expect, test } from "vitest";
import { cpio } from "./cpio.ts";

test("an archive holds folders, files and links as newc lays them out", () => {
  const archive = cpio([
    { path: "bin", type: "directory" },
    { path: "bin/sh", type: "link", target: "busybox" },
    { path: "init", type: "file", mode: 0o755, content: Buffer.from("hello") },
  ]);
  expect(read(archive)).toEqual([
    { path: "bin", mode: 0o40755, content: "" },
    { path: "bin/sh", mode: 0o120777, content: "busybox" },
    { path: "init", mode: 0o100755, content: "hello" },
    { path: "TRAILER!!!", mode: 0, content: "" },
  ]);
});

test("every header and every content starts at a multiple of four", () => {
  for (let bytes = 0; bytes < 5; bytes++) {
    const content = new Uint8Array(bytes);
    const archive = cpio([{ path: "x".repeat(bytes + 1), type: "file", content }]);
    expect(archive.byteLength % 4).toBe(0);
    expect(read(archive)).toHaveLength(2);
  }
});

/** A second reading of Documentation/driver-api/early-userspace/buffer-format.rst. */
function read(archive: Buffer): { path: string; mode: number; content: string }[] {
  const entries = [];
  for (let at = 0; at < archive.byteLength;) {
    expect(archive.toString("latin1", at, at + 6)).toBe("070701");
    const field = (index: number): number =>
      Number.parseInt(archive.toString("latin1", at + 6 + 8 * index, at + 14 + 8 * index), 16);
    const [mode, bytes, nameBytes] = [field(1), field(6), field(11)];
    const start = (at + 110 + nameBytes + 3) & ~3;
    const path = archive.toString("utf8", at + 110, at + 110 + nameBytes - 1);
    entries.push({ path, mode, content: archive.toString("utf8", start, start + bytes) });
    at = (start + bytes + 3) & ~3;
  }
  return entries;
}
