import { describe, expect, test } from "vitest";
import { headOf, tarOf } from "../../testing/tar-bytes.ts";
import { readTar } from "./read-tar.ts";

const names = ["a", "b", "c"];
const bytes = tarOf(
  names.map((name) => ({
    header: headOf({ name, size: 1500 }),
    content: Buffer.alloc(1500, name),
  })),
);

function source(size: number, length: number = bytes.length) {
  const state = { closed: false };
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for (let at = 0; at < length; at += size) {
        yield bytes.subarray(at, Math.min(length, at + size));
      }
    } finally {
      state.closed = true;
    }
  };
  return { state, chunks: chunks() };
}

async function text(content: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe("the entries of an archive", () => {
  test.each([1, 100, 512, 10_000])(
    "come with their content, out of chunks of %i bytes",
    async (size) => {
      const read: string[] = [];
      for await (const { header, content } of readTar(source(size).chunks)) {
        read.push(Buffer.from(header.name).toString(), await text(content));
      }
      expect(read).toEqual(names.flatMap((name) => [name, name.repeat(1500)]));
    },
  );

  test("may be passed over, wholly or in part", async () => {
    const read: string[] = [];
    for await (const { header, content } of readTar(source(700).chunks)) {
      const name = Buffer.from(header.name).toString();
      read.push(name);
      if (name === "b") for await (const part of content) if (part.length > 0) break;
    }
    expect(read).toEqual(names);
  });

  test("have no content any more once the next one has come", async () => {
    const contents: AsyncIterable<Uint8Array>[] = [];
    for await (const { content } of readTar(source(700).chunks)) contents.push(content);
    expect(await Promise.all(contents.map(text))).toEqual(["", "", ""]);
  });

  test("end the reading of the source when nobody wants more of them", async () => {
    const { chunks, state } = source(100);
    for await (const { header } of readTar(chunks)) if (header.size > 0) break;
    expect(state.closed).toBe(true);
  });

  test("are not all there in an archive that is cut off, which is told", async () => {
    const read = async (): Promise<void> => {
      for await (const { content } of readTar(source(700, 3000).chunks)) await text(content);
    };
    await expect(read()).rejects.toThrow(expect.objectContaining({ code: "X_IMAGE_ARCHIVE" }));
  });

  test("are as many as the limit allows", async () => {
    const read = async (): Promise<void> => {
      for await (const { content } of readTar(source(700).chunks, { limits: { entries: 2 } })) {
        await text(content);
      }
    };
    await expect(read()).rejects.toThrow(expect.objectContaining({ code: "X_IMAGE_LIMIT" }));
  });
});
