import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { decompress } from "./decompress.ts";

const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

/** Three MiB that can be packed, a little differently in each place. */
const sample = Buffer.alloc(3 * 2 ** 20);
for (let at = 0; at < sample.length; at += 32) {
  const hash = createHash("sha256").update(String((at * 7919) % 40_009));
  hash.digest().copy(sample, at, 0, at % 96 === 0 ? 32 : 11);
}

const pack = (program: string, options: string[], input: Uint8Array): Buffer =>
  execFileSync(program, [...options, "-c"], { input, maxBuffer: 2 ** 26 });

async function unpack(bytes: Uint8Array, compression: "gzip" | "zstd", size: number) {
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
  const hash = createHash("sha256");
  for await (const chunk of decompress(chunks(), compression)) hash.update(chunk);
  return hash.digest("hex");
}

const digest = (...parts: Uint8Array[]): string =>
  createHash("sha256").update(Buffer.concat(parts)).digest("hex");

describe.skipIf(!has("zstd"))("what the program `zstd` packs (which must be installed)", () => {
  test.each(["-1", "-3", "--no-check", "-12", "--long=27", "--fast=5"])(
    "with %s is unpacked",
    async (option) => {
      const bytes = pack("zstd", ["-q", option], sample);
      expect(await unpack(bytes, "zstd", 100_000)).toBe(digest(sample));
    },
  );

  test("in several frames is unpacked", async () => {
    const small = sample.subarray(0, 1000);
    const frames = [sample, small, Buffer.alloc(0), sample].map((part) =>
      pack("zstd", ["-q"], part),
    );
    expect(await unpack(Buffer.concat(frames), "zstd", 70_001)).toBe(digest(sample, small, sample));
  });

  test("with a window over 128 MiB is refused", async () => {
    const bytes = pack("zstd", ["-q", "--long=28"], sample);
    await expect(unpack(bytes, "zstd", 100_000)).rejects.toThrow(
      expect.objectContaining({ code: "X_IMAGE_LIMIT" }),
    );
  });
});

describe.skipIf(!has("gzip"))("what the program `gzip` packs (which must be installed)", () => {
  test("with a name and a time, in several members, is unpacked", async () => {
    const members = [sample, sample.subarray(5)].map((part) => pack("gzip", ["-6"], part));
    // A chunk of what is read ends where a member does.
    const size = members[0]!.length;
    expect(size).toBeGreaterThan(256 * 1024);
    expect(await unpack(Buffer.concat(members), "gzip", size)).toBe(
      digest(sample, sample.subarray(5)),
    );
  });
});
