import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import {
  impatient,
  startFake,
  type FakeAnswer,
  type FakeRequest,
} from "../../testing/registry-fake.ts";
import { blobOf, contentOf, memoryImage } from "../../testing/registry-image.ts";
import type { ImageDestination } from "../transport/transport.ts";
import { registryDestination, type RegistryDestinationOptions } from "./destination.ts";
import { parseReference } from "./reference.ts";

const big = blobOf("application/octet-stream", randomBytes(300_000));
const small = blobOf("application/octet-stream", randomBytes(100));
const destinationAt = (host: string, options: RegistryDestinationOptions = {}): ImageDestination =>
  registryDestination(parseReference(`${host}/a:v1`), { ...impatient, ...options });
const asked = (requests: readonly FakeRequest[]): string[] =>
  requests.map(({ method, url }) => `${method} ${url}`);
const session: FakeAnswer = { status: 202, headers: { location: "/up/1?_state=a%2Bb+c" } };

test.each([
  ["big", big],
  ["small", small],
  ["empty", blobOf("application/octet-stream", Buffer.alloc(0))],
])(
  "a %s blob is sent in one piece, with its length, to where the registry says",
  async (_, blob) => {
    await using server = await startFake(({ method }) =>
      method === "POST" ? session : { status: 201 },
    );
    await using destination = destinationAt(server.host);
    const seen: number[] = [];
    const open = async (offset: number) => contentOf(blob.bytes, offset);
    await destination.putBlob(blob.descriptor, open, { onBytes: (bytes) => seen.push(bytes) });
    const digest = encodeURIComponent(blob.descriptor.digest);
    expect(asked(server.requests)).toEqual([
      "POST /v2/a/blobs/uploads/",
      `PUT /up/1?_state=a%2Bb+c&digest=${digest}`,
    ]);
    const [, put] = server.requests;
    expect(put?.body.equals(blob.bytes)).toBe(true);
    expect(put?.headers["content-length"]).toBe(String(blob.bytes.length));
    expect(put?.headers["transfer-encoding"]).toBeUndefined();
    expect(seen.at(-1)).toBe(blob.bytes.length);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  },
);

test("undici, where certificates or proxies ask for it, sends a length just as Node does", async () => {
  await using server = await startFake(({ method }) =>
    method === "POST" ? session : { status: 201 },
  );
  const options = { insecure: true, plainHttp: true };
  await using destination = destinationAt(server.host, options);
  await destination.putBlob(big.descriptor, async (offset) => contentOf(big.bytes, offset));
  const [, put] = server.requests;
  expect(put?.body.equals(big.bytes)).toBe(true);
  expect(put?.headers["content-length"]).toBe(String(big.bytes.length));
  expect(put?.headers["transfer-encoding"]).toBeUndefined();
});

test("an upload that breaks off, or whose session is gone, begins anew", async () => {
  await using server = await startFake(({ method }, count) => {
    if (method === "POST") return session;
    if (count === 2) return (response) => response.destroy();
    return { status: count === 4 ? 404 : 201 };
  });
  await using destination = destinationAt(server.host);
  let opened = 0;
  await destination.putBlob(big.descriptor, async (offset) => {
    opened += 1;
    return contentOf(big.bytes, offset);
  });
  expect(opened).toBe(3);
  expect(server.requests.map(({ method }) => method)).toEqual([
    "POST",
    "PUT",
    "POST",
    "PUT",
    "POST",
    "PUT",
  ]);
  expect(server.requests.at(-1)?.body.equals(big.bytes)).toBe(true);
});

test("a token that expires during an upload is got anew, and the upload begins anew", async () => {
  let valid = 1;
  await using tokens = await startFake(() => ({ body: { token: `t${valid}` } }));
  await using server = await startFake(({ method, headers }, count) => {
    if (count === 3) valid = 2;
    if (headers.authorization !== `Bearer t${valid}`) {
      return { status: 401, headers: { "www-authenticate": `Bearer realm="${tokens.url}/"` } };
    }
    return method === "POST" ? session : { status: 201 };
  });
  await using destination = destinationAt(server.host);
  await destination.putBlob(big.descriptor, async (offset) => contentOf(big.bytes, offset));
  expect(server.requests.map(({ method }) => method)).toEqual([
    "POST",
    "POST",
    "PUT",
    "POST",
    "PUT",
  ]);
});

test("content that is longer or shorter than its descriptor says is not pushed", async () => {
  await using server = await startFake(({ method }) =>
    method === "POST" ? session : { status: 201 },
  );
  await using destination = destinationAt(server.host);
  for (const { descriptor, bytes } of [big, small]) {
    for (const by of [-1, 1]) {
      const lie = { ...descriptor, size: descriptor.size + by };
      const pushed = destination.putBlob(lie, async (offset) => contentOf(bytes, offset));
      await expect(pushed).rejects.toMatchObject({ code: "X_IMAGE_SIZE" });
    }
  }
  expect(server.requests.filter(({ method }) => method === "PUT")).toEqual([]);
});

test("what the content fails with is what the push fails with", async () => {
  await using server = await startFake(({ method }) =>
    method === "POST" ? session : { status: 201 },
  );
  await using destination = destinationAt(server.host);
  const reason = new Error("the disk is gone");
  const chunks = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    yield big.bytes.subarray(0, 1000);
    throw reason;
  };
  const pushed = destination.putBlob(big.descriptor, async () => ({ start: 0, chunks: chunks() }));
  await expect(pushed).rejects.toBe(reason);
});

test("the registry's finding that the content is not the digest's is told", async () => {
  await using server = await startFake(({ method }) =>
    method === "POST"
      ? session
      : { status: 400, body: { errors: [{ code: "DIGEST_INVALID", message: "no match" }] } },
  );
  await using destination = destinationAt(server.host);
  const pushed = destination.putBlob(big.descriptor, async (offset) =>
    contentOf(big.bytes, offset),
  );
  await expect(pushed).rejects.toMatchObject({
    code: "X_IMAGE_DIGEST",
    message: expect.stringContaining("is not sha256:"),
  });
});

test("the registry takes a blob from another of its repositories where it can", async () => {
  await using server = await startFake(({ url }) =>
    url.includes("mount=") ? { status: 201 } : { status: 500 },
  );
  await using destination = destinationAt(server.host, { mountFrom: "library/base" });
  await destination.putBlob(big.descriptor, async () => expect.fail("it is there already"));
  const digest = encodeURIComponent(big.descriptor.digest);
  expect(asked(server.requests)).toEqual([
    `POST /v2/a/blobs/uploads/?mount=${digest}&from=library%2Fbase`,
  ]);
});

test("where it cannot or must not, the blob is sent", async () => {
  for (const refusal of [session, { status: 403 }]) {
    await using server = await startFake(({ method, url }) =>
      method === "PUT" ? { status: 201 } : url.includes("mount=") ? refusal : session,
    );
    await using destination = destinationAt(server.host, { mountFrom: "library/base" });
    await destination.putBlob(small.descriptor, async (offset) => contentOf(small.bytes, offset));
    expect(server.requests.at(-1)?.body.equals(small.bytes)).toBe(true);
  }
});

test("an upload that is to go to another host goes there without credentials", async () => {
  await using storage = await startFake(() => ({ status: 201 }));
  await using server = await startFake(({ headers }) =>
    headers.authorization === undefined
      ? { status: 401, headers: { "www-authenticate": "Basic" } }
      : { status: 202, headers: { location: `${storage.url}/put?x=1` } },
  );
  const credentials = { username: "alice", password: "secret" };
  await using destination = destinationAt(server.host, { credentials });
  await destination.putBlob(small.descriptor, async (offset) => contentOf(small.bytes, offset));
  expect(storage.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});

test("a manifest is put under its tag and its own type, other documents under their digest", async () => {
  await using server = await startFake(() => ({ status: 201 }));
  await using destination = destinationAt(server.host);
  const { document } = memoryImage([]);
  await destination.putDocument(document);
  await destination.putDocument(document, { named: true });
  expect(asked(server.requests)).toEqual([
    `PUT /v2/a/manifests/${document.descriptor.digest}`,
    "PUT /v2/a/manifests/v1",
  ]);
  const [, put] = server.requests;
  expect(put?.headers["content-type"]).toBe(document.descriptor.mediaType);
  expect(put?.body.equals(document.bytes)).toBe(true);
});

test("a registry that keeps a manifest under another digest has not kept it", async () => {
  const headers = { "docker-content-digest": small.descriptor.digest };
  await using server = await startFake(() => ({ status: 201, headers }));
  await using destination = destinationAt(server.host);
  await expect(destination.putDocument(memoryImage([]).document)).rejects.toMatchObject({
    code: "X_IMAGE_DIGEST",
  });
});

test("an image is not pushed under the digest of another", async () => {
  await using server = await startFake(() => ({ status: 201 }));
  const reference = parseReference(`${server.host}/a@${small.descriptor.digest}`);
  await using destination = registryDestination(reference, impatient);
  await expect(
    destination.putDocument(memoryImage([]).document, { named: true }),
  ).rejects.toMatchObject({ code: "X_IMAGE_DIGEST" });
  expect(server.requests).toEqual([]);
});

test("the signal ends an upload", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  await using server = await startFake(({ method }) => (method === "POST" ? session : () => {}));
  await using destination = destinationAt(server.host);
  const open = async (offset: number) => contentOf(big.bytes, offset);
  const options = {
    signal: controller.signal,
    onBytes: (bytes: number) => bytes > 100_000 && controller.abort(reason),
  };
  await expect(destination.putBlob(big.descriptor, open, options as object)).rejects.toBe(reason);
});
