import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { skippableFrame, zstdFrame } from "../../testing/zstd-frames.ts";
import type { Compression } from "../spec/media-type.ts";
import { compress } from "./compress.ts";
import { decompress, type DecompressOptions } from "./decompress.ts";
import { nodeZstd } from "./node-zstd.ts";

async function* inChunks(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString("latin1");
}

const unpack = (
  bytes: Uint8Array,
  compression: Compression,
  options: DecompressOptions & { size?: number } = {},
): Promise<string> => gather(decompress(inChunks(bytes, options.size), compression, options));

const code = (code: string): unknown => expect.objectContaining({ code });
const one = Buffer.from("one ".repeat(500));
const two = Buffer.from("two ".repeat(500));
const both = `${one.toString()}${two.toString()}`;

const samples: Readonly<Record<"gzip" | "zstd", readonly Buffer[]>> = {
  gzip: [gzipSync(one), gzipSync(two)],
  zstd: [
    zstdFrame([one.subarray(0, 1000), one.subarray(1000)]),
    zstdFrame([two], { contentSize: 2000n }),
  ],
};

describe.each(["gzip", "zstd"] as const)("%s data", (compression) => {
  const [first, second] = samples[compression] as [Buffer, Buffer];
  const whole = Buffer.concat([first, second]);

  test("of several parts is unpacked, wherever chunks end", async () => {
    for (const size of [1, 3, 7, first.length - 1, first.length, first.length + 1, whole.length]) {
      expect(await unpack(whole, compression, { size })).toBe(both);
    }
  });

  test("that is cut off is refused, wherever it ends", async () => {
    for (let length = 0; length < whole.length; length += whole.length > 1000 ? 97 : 1) {
      if (length === first.length) continue;
      await expect(unpack(whole.subarray(0, length), compression)).rejects.toThrow(
        code("X_IMAGE_ARCHIVE"),
      );
    }
  });

  test.each([
    ["zeros", Buffer.alloc(600)],
    ["a zero", Buffer.alloc(1)],
    ["text", Buffer.from("garbage, and quite a lot of it")],
    ["half a beginning", samples[compression][0]!.subarray(0, 3)],
  ])("that is followed by %s is refused, wherever chunks end", async (_, garbage) => {
    const bytes = Buffer.concat([whole, garbage]);
    for (const size of [1, 64, whole.length, bytes.length]) {
      await expect(unpack(bytes, compression, { size })).rejects.toThrow(code("X_IMAGE_ARCHIVE"));
    }
  });

  test("that is none is refused", async () => {
    for (const text of ["plain text, and no other thing at all", "x"]) {
      await expect(unpack(Buffer.from(text), compression)).rejects.toThrow(code("X_IMAGE_ARCHIVE"));
    }
  });

  test("passes on what its source throws", async () => {
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield first.subarray(0, 20);
      throw new Error("the network is gone");
    };
    await expect(gather(decompress(broken(), compression))).rejects.toThrow("the network is gone");
  });

  test("lets go of its source when nobody reads on", async () => {
    let closed = false;
    const source = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield first;
      } finally {
        closed = true;
      }
    };
    for await (const chunk of decompress(source(), compression)) if (chunk.length > 0) break;
    await expect.poll(() => closed).toBe(true);
  });
});

describe("a bomb", () => {
  const zeros = async function* (): AsyncGenerator<Uint8Array> {
    const chunk = new Uint8Array(2 ** 20);
    for (let count = 0; count < 10_240; count++) yield chunk;
  };
  const frames = async function* (): AsyncGenerator<Uint8Array> {
    const blocks = Array.from({ length: 1024 }, () => [0, 2 ** 17] as const);
    for (let count = 0; count < 80; count++) yield zstdFrame(blocks);
  };

  test("of 10 GiB of zeros in gzip is refused before it goes off", async () => {
    let made = 0;
    const bomb = compress(zeros(), "gzip");
    const burst = async (): Promise<void> => {
      for await (const chunk of decompress(bomb, "gzip")) made += chunk.length;
    };
    await expect(burst()).rejects.toThrow(code("X_IMAGE_LIMIT"));
    expect(made).toBeLessThan(101 * 2 ** 20);
  });

  test("of 10 GiB of zeros in zstd is refused before it goes off", async () => {
    let made = 0;
    const burst = async (): Promise<void> => {
      for await (const chunk of decompress(frames(), "zstd")) made += chunk.length;
    };
    await expect(burst()).rejects.toThrow(code("X_IMAGE_LIMIT"));
    expect(made).toBeLessThan(101 * 2 ** 20);
  });

  test("is none to who allows it", async () => {
    const bytes = zstdFrame([[0, 2 ** 17]]);
    const tight = { limits: { ratio: 10, ratioAfter: 1000 } };
    await expect(unpack(bytes, "zstd", tight)).rejects.toThrow(code("X_IMAGE_LIMIT"));
    expect(await unpack(bytes, "zstd", { limits: { ratio: 1e6 } })).toHaveLength(2 ** 17);
  });
});

describe("zstd data", () => {
  const block = [Buffer.from("data")];

  test("may hold frames to leave out", async () => {
    const bytes = [skippableFrame(0), zstdFrame(block), skippableFrame(300), zstdFrame(block)];
    for (const size of [1, 5, 10_000]) {
      expect(await unpack(Buffer.concat(bytes), "zstd", { size })).toBe("datadata");
    }
  });

  test("may want a window of 128 MiB, and no larger one", async () => {
    expect(await unpack(zstdFrame(block, { window: 17 << 3 }), "zstd")).toBe("data");
    const larger = [
      zstdFrame(block, { window: (17 << 3) | 1 }),
      zstdFrame(block, { window: 21 << 3 }),
      zstdFrame(block, { window: 0xff }),
      zstdFrame(block, { contentSize: 2n ** 27n + 1n }),
      zstdFrame(block, { contentSize: 2n ** 64n - 1n }),
    ];
    for (const bytes of larger) {
      await expect(unpack(bytes, "zstd")).rejects.toThrow(code("X_IMAGE_LIMIT"));
    }
  });

  test("may not want a dictionary, nor be of an unknown version", async () => {
    const unknown = zstdFrame(block);
    unknown[4] = 0x08;
    const reserved = zstdFrame(block);
    reserved[6]! |= 0x06;
    for (const bytes of [zstdFrame(block, { dictionary: 7 }), unknown, reserved]) {
      await expect(unpack(bytes, "zstd")).rejects.toThrow(code("X_IMAGE_ARCHIVE"));
    }
  });
});

describe("what is packed", () => {
  test("is unpacked to the same bytes, of gzip", async () => {
    const bytes = await gather(compress(inChunks(Buffer.from(both), 100), "gzip"));
    expect(await unpack(Buffer.from(bytes, "latin1"), "gzip")).toBe(both);
  });

  test("says neither when nor where it was packed", async () => {
    const bytes = Buffer.from(await gather(compress(inChunks(one), "gzip")), "latin1");
    expect([...bytes.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    expect(await gather(compress(inChunks(one, 7), "gzip"))).toBe(bytes.toString("latin1"));
  });

  test("goes through as it is when nothing is asked", async () => {
    expect(await gather(compress(inChunks(one), "none"))).toBe(one.toString());
    expect(await unpack(one, "none")).toBe(one.toString());
  });

  test.each([0, 10, 1.5, Number.NaN])("has no level %d", (level) => {
    expect(() => compress(inChunks(one), "gzip", { level })).toThrow(code("X_IMAGE_INVALID"));
  });

  test.skipIf(nodeZstd() !== undefined)("is no zstd where Node has none", () => {
    expect(() => compress(inChunks(one), "zstd")).toThrow(code("X_IMAGE_INVALID"));
  });

  test.skipIf(nodeZstd() === undefined)(
    "is unpacked to the same bytes, of zstd (which Node has from 22.15)",
    async () => {
      const bytes = await gather(compress(inChunks(Buffer.from(both), 100), "zstd"));
      expect(await unpack(Buffer.from(bytes, "latin1"), "zstd")).toBe(both);
    },
  );
});
