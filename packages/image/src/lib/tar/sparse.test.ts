import { describe, expect, test } from "vitest";
import { blockOf, bodyOf, readWhole, recordOf } from "../../testing/tar-bytes.ts";
import type { SparseExtent } from "./entry.ts";
import { tarEnd } from "./writer.ts";

type Pairs = readonly (readonly [offset: number, bytes: number])[];

const octal = (value: number): string => value.toString(8).padStart(11, "0");
const sum = (pairs: Pairs): number => pairs.reduce((total, [, bytes]) => total + bytes, 0);
const records = (...list: [string, string | number][]): string =>
  list.map(([key, value]) => recordOf(`GNU.sparse.${key}`, String(value))).join("");

/** A sparse file in each of the ways in which GNU tar writes them. */
const formats: Readonly<Record<string, (pairs: Pairs, size: number, data: Buffer) => Buffer[]>> = {
  "old GNU": (pairs, size, data) => {
    const blocks = [Buffer.alloc(96)];
    for (let at = 4; at < pairs.length; at += 21) blocks.push(Buffer.alloc(512));
    for (const [index, [offset, bytes]] of pairs.entries()) {
      const block = index < 4 ? 0 : 1 + Math.floor((index - 4) / 21);
      const at = (index < 4 ? index : (index - 4) % 21) * 24;
      blocks[block]!.write(`${octal(offset)}\0${octal(bytes)}\0`, at, "latin1");
    }
    for (const block of blocks.slice(1, -1)) block[504] = 1;
    const [first, ...more] = blocks;
    const head = blockOf("f", "S", {
      magic: "ustar ",
      version: " \0",
      size: octal(data.length),
      gnuSparse: first!,
      gnuExtended: more.length > 0 ? "\u0001" : "\0",
      gnuRealSize: octal(size),
    });
    return [head, ...more, data];
  },
  "0.0": (pairs, size, data) => [
    bodyOf(
      "x",
      records(
        ["size", size],
        ["numblocks", pairs.length],
        ...pairs.flatMap(([offset, bytes]): [string, number][] => [
          ["offset", offset],
          ["numbytes", bytes],
        ]),
      ),
    ),
    blockOf("f", "0", { size: octal(data.length) }),
    data,
  ],
  "0.1": (pairs, size, data) => [
    bodyOf(
      "x",
      records(["size", size], ["numblocks", pairs.length], ["map", pairs.flat().join(",")]) +
        records(["name", "f"]),
    ),
    blockOf("GNUSparseFile.1/f", "0", { size: octal(data.length) }),
    data,
  ],
  "1.0": (pairs, size, data) => {
    const map = Buffer.from([pairs.length, ...pairs.flat()].map((value) => `${value}\n`).join(""));
    const padded = Buffer.concat([map], Math.ceil(map.length / 512) * 512);
    const said = records(["major", 1], ["minor", 0], ["name", "f"], ["realsize", size]);
    const head = blockOf("GNUSparseFile.1/f", "0", { size: octal(padded.length + data.length) });
    return [bodyOf("x", said), head, padded, data];
  },
};

function read(format: string, pairs: Pairs, size: number, bytes: number = sum(pairs)) {
  const data = Buffer.alloc(Math.ceil(bytes / 512) * 512, "data");
  const parts = formats[format]!(pairs, size, data.subarray(0, bytes));
  const rest = Buffer.alloc(data.length - bytes);
  return readWhole(Buffer.concat([...parts, rest, tarEnd]), 700)[0]!;
}

const extents = (pairs: Pairs): SparseExtent[] =>
  pairs.map(([offset, bytes]) => ({ offset, bytes }));

describe.each(Object.keys(formats))("a sparse file of format %s", (format) => {
  test("has its size, its parts and their data", () => {
    const pairs: Pairs = [
      [512, 100],
      [2048, 612],
    ];
    const { header, content } = read(format, pairs, 10_000);
    expect([header.type, header.size, header.sparse]).toEqual(["file", 10_000, extents(pairs)]);
    expect(Buffer.from(header.name).toString()).toBe("f");
    expect(content).toHaveLength(712);
  });

  test("may have many parts, and an empty one at its end", () => {
    const pairs: [number, number][] = Array.from({ length: 60 }, (_, index) => [index * 10, 5]);
    const { header } = read(format, [...pairs, [1000, 0]], 1000);
    expect(header.sparse).toEqual(extents(pairs));
  });

  test("may have no data at all", () => {
    expect(read(format, [[5000, 0]], 5000).header.sparse).toEqual([]);
  });

  test.each<[string, Pairs, number, number?]>([
    [
      "parts that overlap",
      [
        [0, 10],
        [5, 10],
      ],
      100,
    ],
    [
      "parts out of order",
      [
        [50, 10],
        [0, 10],
      ],
      100,
    ],
    ["a part behind its end", [[95, 10]], 100],
    ["less data than its parts", [[0, 600]], 1000, 500],
    ["more data than its parts", [[0, 400]], 1000, 500],
  ])("has no %s", (_, pairs, size, bytes) => {
    expect(() => read(format, pairs, size, bytes)).toThrow(
      expect.objectContaining({ code: "X_IMAGE_ARCHIVE" }),
    );
  });

  test("is not larger than the limit, nor of 4 EiB", () => {
    const huge = format === "old GNU" ? 2 ** 33 - 1 : 2 ** 62;
    const parts = formats[format]!([[0, 0]], huge, Buffer.alloc(0));
    expect(() => readWhole(Buffer.concat(parts), 512, { bytes: 2 ** 32 })).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^X_IMAGE_(LIMIT|ARCHIVE)$/) }),
    );
  });

  test("has not more parts than the limit", () => {
    const pairs: [number, number][] = Array.from({ length: 60 }, (_, index) => [index * 10, 5]);
    const data = Buffer.alloc(512);
    const bytes = Buffer.concat([...formats[format]!(pairs, 1000, data.subarray(0, 300)), data]);
    expect(() => readWhole(bytes, bytes.length, { sparseExtents: 59 })).toThrow(
      expect.objectContaining({ code: "X_IMAGE_LIMIT" }),
    );
  });
});

test("a map that is no list of numbers, or longer than the content, is refused", () => {
  const said = records(["major", 1], ["minor", 0], ["name", "f"], ["realsize", 100]);
  for (const map of ["1\n0\nx\n", "\n", "200\n", "1\n-1\n5\n"]) {
    const head = blockOf("f", "0", { size: octal(512) });
    const block = Buffer.alloc(512);
    block.write(map);
    expect(() => readWhole(Buffer.concat([bodyOf("x", said), head, block, tarEnd]))).toThrow(
      expect.objectContaining({ code: "X_IMAGE_ARCHIVE" }),
    );
  }
});
