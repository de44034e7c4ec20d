import { expect, test } from "vitest";
import { deadHost, impatient, startFake, type FakeAnswer } from "../../testing/registry-fake.ts";
import { memoryImage } from "../../testing/registry-image.ts";
import { mediaTypes } from "../spec/media-type.ts";
import { documentLimit } from "./document.ts";
import { parseReference } from "./reference.ts";
import { registrySource } from "./source.ts";
import { listTags } from "./tags.ts";

const { document } = memoryImage([10]);
const served: FakeAnswer = {
  headers: {
    "content-type": mediaTypes.manifest,
    "docker-content-digest": document.descriptor.digest,
  },
  body: document.bytes,
};
const unknown = (code: string): FakeAnswer => ({
  status: 404,
  body: { errors: [{ code, message: "unknown" }] },
});

test("a client says that it can read manifests and indexes, of OCI and of docker", async () => {
  await using server = await startFake(() => served);
  await using source = registrySource(parseReference(`${server.host}/a/b:v1`), impatient);
  expect(source.name).toBe(`${server.host}/a/b:v1`);
  expect(await source.document()).toEqual(document);
  const [asked] = server.requests;
  expect(`${asked?.method} ${asked?.url}`).toBe("GET /v2/a/b/manifests/v1");
  expect(asked?.headers.accept?.split(", ").toSorted()).toEqual([
    mediaTypes.dockerManifestList,
    mediaTypes.dockerManifest,
    mediaTypes.index,
    mediaTypes.manifest,
  ]);
});

test("where a reference has a digest, that is what is asked for and what has to come", async () => {
  await using server = await startFake(() => served);
  const { digest } = document.descriptor;
  await using source = registrySource(parseReference(`${server.host}/a:v1@${digest}`), impatient);
  expect(await source.document()).toEqual(document);
  expect(server.requests[0]?.url).toBe(`/v2/a/manifests/${digest}`);
  const other = memoryImage([9]).document.descriptor.digest;
  await expect(source.document(other)).rejects.toMatchObject({
    code: "X_IMAGE_DIGEST",
    message: expect.stringContaining(`${other} was asked for`),
  });
});

test("a tag that is not there is refused with those that are", async () => {
  await using server = await startFake(({ url }) =>
    url.includes("/tags/")
      ? { body: { name: "a", tags: ["1.0", "1.1", "\u001B[2J"] } }
      : unknown("MANIFEST_UNKNOWN"),
  );
  await using source = registrySource(parseReference(`${server.host}/a:2.0`), impatient);
  await expect(source.document()).rejects.toMatchObject({
    code: "X_IMAGE_NOT_FOUND",
    message: `${server.host}/a has no tag 2.0. There are 1.0, 1.1, ?`,
  });
});

test("a repository that is not there is told from a tag that is not there", async () => {
  await using server = await startFake(() => unknown("NAME_UNKNOWN"));
  await using source = registrySource(parseReference(`${server.host}/a:2.0`), impatient);
  await expect(source.document()).rejects.toMatchObject({
    code: "X_IMAGE_NOT_FOUND",
    message: expect.stringContaining(`there is no ${server.host}/a. Is the name right`),
  });
});

test("a registry that is down is told with what may be wrong", async () => {
  const dead = await deadHost();
  await using source = registrySource(parseReference(`${dead}/a`), impatient);
  await expect(source.document()).rejects.toMatchObject({
    code: "X_IMAGE_REGISTRY",
    message: `cannot pull ${dead}/a:latest: nothing listens at ${dead} (ECONNREFUSED at ${dead.replace(":", " ")}). Is the registry running, and is the port right?`,
  });
});

test("a registry that is down at all the addresses of its name is told once", async () => {
  const dead = (await deadHost()).replace("127.0.0.1", "localhost");
  await using source = registrySource(parseReference(`${dead}/a`), impatient);
  await expect(source.document()).rejects.toThrow(`nothing listens at ${dead} (ECONNREFUSED`);
});

test("a registry that never answers is told after a while", async () => {
  await using server = await startFake(() => () => {});
  await using source = registrySource(parseReference(`${server.host}/a`), {
    ...impatient,
    retries: 1,
    silence: 50,
  });
  await expect(source.document()).rejects.toMatchObject({
    code: "X_IMAGE_REGISTRY",
    message: expect.stringContaining(`${server.host} did not answer in time (X_SILENCE)`),
  });
});

test("a manifest of more than 4 MiB is not read", async () => {
  await using server = await startFake(() => ({
    headers: { "content-type": mediaTypes.manifest },
    body: Buffer.alloc(documentLimit + 1, " "),
  }));
  await using source = registrySource(parseReference(`${server.host}/a`), impatient);
  await expect(source.document()).rejects.toMatchObject({ code: "X_IMAGE_SIZE" });
});

test("the text of a refusal that never ends is not read to its end", async () => {
  await using server = await startFake(() => (response) => {
    response.writeHead(400);
    const more = (): void => {
      if (response.destroyed) return;
      if (response.write(Buffer.alloc(65_536, "x"))) setImmediate(more);
      else response.once("drain", more);
    };
    more();
  });
  await using source = registrySource(parseReference(`${server.host}/a`), impatient);
  await expect(source.document()).rejects.toThrow(`${server.host} answered 400`);
});

test("a manifest whose connection breaks is asked for again", async () => {
  await using server = await startFake((_, count) =>
    count > 1
      ? served
      : (response) => {
          response.writeHead(200, { "content-length": document.bytes.length });
          response.write(document.bytes.subarray(0, 20), () =>
            setTimeout(() => response.destroy(), 10),
          );
        },
  );
  await using source = registrySource(parseReference(`${server.host}/a`), impatient);
  expect(await source.document()).toEqual(document);
});

test("the fetch that is given is the one that is used", async () => {
  const asked: string[] = [];
  const given: typeof fetch = async (url) => {
    asked.push(String(url));
    const headers = { "content-type": mediaTypes.manifest };
    return new Response(document.bytes as Uint8Array<ArrayBuffer>, { headers });
  };
  await using source = registrySource(parseReference("busybox"), { ...impatient, fetch: given });
  expect(await source.document()).toEqual(document);
  expect(asked).toEqual(["https://registry-1.docker.io/v2/library/busybox/manifests/latest"]);
});

test("tags are read page by page", async () => {
  const pages: Record<string, FakeAnswer> = {
    "/v2/a/tags/list": {
      headers: { link: '</v2/a/tags/list?last=1>; rel="next"' },
      body: { tags: ["1"] },
    },
    "/v2/a/tags/list?last=1": {
      headers: { link: '<?last=2>; rel="next"' },
      body: { tags: ["2", "3"] },
    },
    "/v2/a/tags/list?last=2": { body: { tags: null } },
  };
  await using server = await startFake(({ url }) => pages[url]);
  expect(await listTags(parseReference(`${server.host}/a`), impatient)).toEqual(["1", "2", "3"]);
});

test.each([
  ["leads in a circle", "</v2/a/tags/list>"],
  ["leads to another host", "<http://192.0.2.1/v2/a/tags/list>"],
])("a list of tags that %s is refused", async (_, target) => {
  await using server = await startFake(() => ({
    headers: { link: `${target}; rel="next"` },
    body: { tags: ["1"] },
  }));
  await expect(listTags(parseReference(`${server.host}/a`), impatient)).rejects.toMatchObject({
    code: "X_IMAGE_REGISTRY",
    message: expect.stringContaining("the next page is none of this list"),
  });
  expect(server.requests.length).toBeLessThanOrEqual(2);
});
