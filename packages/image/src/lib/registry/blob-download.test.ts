import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { deadHost, impatient, startFake, type FakeRequest } from "../../testing/registry-fake.ts";
import { blobOf, bytesOf } from "../../testing/registry-image.ts";
import type { ImageSource } from "../transport/transport.ts";
import { parseReference } from "./reference.ts";
import { registrySource, type RegistrySourceOptions } from "./source.ts";

const { descriptor, bytes } = blobOf("application/octet-stream", randomBytes(300_000));
const sourceAt = (host: string, options: RegistrySourceOptions = {}): ImageSource =>
  registrySource(parseReference(`${host}/a:v1`), { ...impatient, ...options });
const startOf = ({ headers }: FakeRequest): number =>
  Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
const ranges = (requests: readonly FakeRequest[]): unknown =>
  requests.map(({ headers }) => headers.range);

/** Answers a range as it should be, but breaks off after so many bytes. */
function part(
  request: FakeRequest,
  length: number = bytes.length,
): (response: ServerResponse) => void {
  const start = startOf(request);
  return (response) => {
    const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
    response.writeHead(start === 0 ? 200 : 206, {
      "content-length": bytes.length - start,
      ...(start === 0 ? {} : { "content-range": range }),
    });
    const content = bytes.subarray(start, start + length);
    if (start + length >= bytes.length) response.end(content);
    else response.write(content, () => setTimeout(() => response.destroy(), 10));
  };
}

test("a download goes on from where the connection broke, several times", async () => {
  await using server = await startFake((request) => part(request, 100_000));
  await using source = sourceAt(server.host);
  expect((await bytesOf(await source.blob(descriptor))).equals(bytes)).toBe(true);
  expect(ranges(server.requests)).toEqual([undefined, "bytes=100000-", "bytes=200000-"]);
});

test("a registry that cannot give a part gives the whole once more, of which the rest is taken", async () => {
  await using server = await startFake((request, count) =>
    count === 1 ? part(request, 100_000) : { body: bytes },
  );
  await using source = sourceAt(server.host);
  expect((await bytesOf(await source.blob(descriptor))).equals(bytes)).toBe(true);
});

test("who asks for what follows a byte gets that, or is told that it begins before", async () => {
  await using able = await startFake((request) => part(request));
  await using unable = await startFake(() => ({ body: bytes }));
  await using refusing = await startFake(({ headers }) =>
    headers.range === undefined ? { body: bytes } : { status: 416 },
  );
  for (const [server, start] of [
    [able, 1000],
    [unable, 0],
    [refusing, 0],
  ] as const) {
    await using source = sourceAt(server.host);
    const content = await source.blob(descriptor, { offset: 1000 });
    expect(content.start).toBe(start);
    expect((await bytesOf(content)).equals(bytes.subarray(start))).toBe(true);
  }
});

test("for what follows the last byte nobody is asked", async () => {
  await using server = await startFake(() => undefined);
  await using source = sourceAt(server.host);
  const content = await source.blob(descriptor, { offset: descriptor.size });
  expect([content.start, (await bytesOf(content)).length]).toEqual([descriptor.size, 0]);
  expect(server.requests).toEqual([]);
});

test.each(["bytes 2000-299999/300000", "bytes x", ""])(
  "a part that says it is %j when another was asked for is refused",
  async (range) => {
    await using server = await startFake(() => ({
      status: 206,
      headers: { "content-range": range },
      body: bytes,
    }));
    await using source = sourceAt(server.host);
    await expect(source.blob(descriptor, { offset: 1000 })).rejects.toMatchObject({
      code: "X_IMAGE_REGISTRY",
      message: expect.stringContaining("another part than the one from byte 1000 on"),
    });
  },
);

test("a registry that says from the start that the blob has another size is refused at once", async () => {
  await using server = await startFake(() => ({ body: bytes }));
  await using source = sourceAt(server.host);
  const lie = { ...descriptor, size: 299_999 };
  await expect(source.blob(lie)).rejects.toMatchObject({
    code: "X_IMAGE_SIZE",
    message: expect.stringContaining(
      `should be 299999 bytes, ${server.host} has 300000 bytes of it`,
    ),
  });
});

test("no more is taken than the descriptor says, however much comes", async () => {
  await using server = await startFake(() => (response) => {
    const more = (): void => {
      if (response.destroyed) return;
      if (response.write(Buffer.alloc(65_536))) setImmediate(more);
      else response.once("drain", more);
    };
    more();
  });
  await using source = sourceAt(server.host);
  const content = await source.blob(descriptor);
  let size = 0;
  const read = async (): Promise<void> => {
    for await (const chunk of content.chunks) size += chunk.length;
  };
  await expect(read()).rejects.toMatchObject({ code: "X_IMAGE_SIZE" });
  expect(size).toBeLessThanOrEqual(descriptor.size);
});

test("a blob that ends too early, each time it is asked for, is refused", async () => {
  await using server = await startFake(() => (response) => {
    response.write(bytes.subarray(0, 1000));
    response.end();
  });
  await using source = sourceAt(server.host);
  await expect(bytesOf(await source.blob(descriptor))).rejects.toMatchObject({
    code: "X_IMAGE_SIZE",
    message: expect.stringContaining("should be 300000 bytes, no more than 1000 came"),
  });
  expect(server.requests.length).toBeLessThan(10);
});

test("a connection that breaks again and again without bringing anything is given up", async () => {
  await using server = await startFake((request) => part(request, 0));
  await using source = sourceAt(server.host);
  await expect(bytesOf(await source.blob(descriptor))).rejects.toMatchObject({
    code: "X_IMAGE_REGISTRY",
    message: expect.stringContaining("broke off the connection"),
  });
  expect(server.requests.length).toBeLessThan(10);
});

test("a registry that falls silent in the middle is asked to go on", async () => {
  await using server = await startFake((request, count) =>
    count > 1 ? part(request) : (response) => void response.write(bytes.subarray(0, 5000)),
  );
  await using source = sourceAt(server.host, { silence: 500 });
  expect((await bytesOf(await source.blob(descriptor))).equals(bytes)).toBe(true);
  expect(ranges(server.requests)).toEqual([undefined, "bytes=5000-"]);
});

test("the signal ends a download that waits to be taken up again", async () => {
  await using server = await startFake((request) => part(request, 1000));
  await using source = sourceAt(server.host, { retryDelay: 60_000 });
  const controller = new AbortController();
  const reason = new Error("enough");
  const content = await source.blob(descriptor, { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 100);
  await expect(bytesOf(content)).rejects.toBe(reason);
});

test("a reader that has enough ends the connection", async () => {
  let closed: (() => void) | undefined;
  const close = new Promise<void>((resolve) => (closed = resolve));
  await using server = await startFake(() => (response) => {
    response.once("close", () => closed?.());
    response.write(bytes.subarray(0, 1000));
  });
  await using source = sourceAt(server.host);
  for await (const chunk of (await source.blob(descriptor)).chunks) {
    expect(chunk.length).toBe(1000);
    break;
  }
  await close;
});

test("too many requests and a server's trouble are waited out, as long as it asks", async () => {
  await using server = await startFake((request, count) =>
    count === 1
      ? { status: 429, headers: { "retry-after": "0" } }
      : count === 2
        ? { status: 503 }
        : part(request),
  );
  await using source = sourceAt(server.host);
  expect((await bytesOf(await source.blob(descriptor))).equals(bytes)).toBe(true);
});

test("trouble that does not pass is told with what the registry says", async () => {
  const body = { errors: [{ code: "TOOMANYREQUESTS", message: "you have had your pulls" }] };
  await using server = await startFake(() => ({ status: 429, body }));
  await using source = sourceAt(server.host);
  await expect(source.blob(descriptor)).rejects.toMatchObject({
    code: "X_IMAGE_REGISTRY",
    message: expect.stringContaining(
      `${server.host} answered 429: TOOMANYREQUESTS: you have had your pulls. It has had too many requests`,
    ),
  });
  expect(server.requests.length).toBe(3);
});

test("a mirror is asked first; what it does not have or breaks off comes from the registry", async () => {
  await using server = await startFake((request) => part(request));
  const dead = await deadHost();
  await using without = await startFake(() => undefined);
  await using good = await startFake((request) => part(request));
  let dying = 0;
  await using broken = await startFake((request) => {
    dying += 1;
    return dying === 1 ? part(request, 1000) : { status: 500 };
  });
  for (const [mirrors, asked] of [
    [[good.host], 0],
    [[dead, without.host, `${good.host}/`], 0],
    [[dead, without.host], 1],
    [[broken.host], 1],
  ] as const) {
    server.requests.length = 0;
    await using source = sourceAt(server.host, { mirrors });
    expect((await bytesOf(await source.blob(descriptor))).equals(bytes), mirrors.join()).toBe(true);
    expect(server.requests.length, mirrors.join()).toBe(asked);
  }
  expect(without.requests[0]?.url).toBe(`/v2/a/blobs/${descriptor.digest}`);
});

test("a mirror that does not work is asked once, and not for every blob again", async () => {
  await using server = await startFake((request) => part(request));
  await using mirror = await startFake(() => ({ status: 500 }));
  await using source = sourceAt(server.host, { mirrors: [mirror.host] });
  for (let count = 0; count < 3; count += 1) await bytesOf(await source.blob(descriptor));
  expect([mirror.requests.length, server.requests.length]).toEqual([1, 3]);
});

test("the urls of a foreign layer are not asked", async () => {
  await using elsewhere = await startFake(() => ({ body: bytes }));
  await using server = await startFake(() => undefined);
  await using source = sourceAt(server.host);
  const foreign = { ...descriptor, urls: [`${elsewhere.url}/blob`] };
  await expect(source.blob(foreign)).rejects.toMatchObject({ code: "X_IMAGE_NOT_FOUND" });
  expect(elsewhere.requests).toEqual([]);
});
