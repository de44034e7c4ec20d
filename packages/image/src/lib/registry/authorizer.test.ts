import { describe, expect, test } from "vitest";
import { deadHost, impatient, startFake, type FakeRequest } from "../../testing/registry-fake.ts";
import { blobOf, bytesOf } from "../../testing/registry-image.ts";
import { parseReference, type Reference } from "./reference.ts";
import { registrySource } from "./source.ts";
import { listTags } from "./tags.ts";

const credentials = { username: "alice", password: "open sesame" };
const basic = `Basic ${Buffer.from("alice:open sesame").toString("base64")}`;
const { descriptor, bytes } = blobOf("text/plain", Buffer.from("content"));
const named = (host: string): Reference => parseReference(`${host}/a/b:v1`);
const bearer = (realm: string, more = ""): object => ({
  status: 401,
  headers: { "www-authenticate": `Bearer realm="${realm}",service="the registry"${more}` },
});
const query = ({ url }: FakeRequest): URLSearchParams => new URL(url, "http://x").searchParams;

describe("with a password", () => {
  const script = ({ headers }: FakeRequest): object =>
    headers.authorization === basic
      ? { body: bytes }
      : { status: 401, headers: { "www-authenticate": 'Basic realm="here"' } };

  test("it is sent when it is asked for, and from then on at once", async () => {
    await using server = await startFake(script);
    await using source = registrySource(named(server.host), { ...impatient, credentials });
    await bytesOf(await source.blob(descriptor));
    await bytesOf(await source.blob(descriptor));
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      basic,
      basic,
    ]);
  });

  test("a wrong one is refused by name, and is not in the error", async () => {
    await using server = await startFake(script);
    const wrong = { username: "alice", password: "hunter2" };
    await using source = registrySource(named(server.host), { ...impatient, credentials: wrong });
    const error = await source.document().catch((failure: unknown) => failure);
    expect(error).toMatchObject({
      code: "X_IMAGE_UNAUTHORIZED",
      message: expect.stringContaining(`${server.host} does not accept the credentials of "alice"`),
    });
    expect(String(error)).not.toContain("hunter2");
    expect(String(error)).not.toContain(Buffer.from("alice:hunter2").toString("base64"));
    expect(server.requests.length).toBe(2);
  });

  test("a server that repeats what it was sent does not bring it into the error", async () => {
    await using server = await startFake(({ headers }) => {
      const message = `no: ${headers.authorization}, which is alice:open sesame`;
      return {
        status: 401,
        headers: { "www-authenticate": "Basic" },
        body: { errors: [{ code: "DENIED", message }] },
      };
    });
    await using source = registrySource(named(server.host), { ...impatient, credentials });
    await expect(source.document()).rejects.toThrow("(DENIED: no: Basic …, which is alice:…)");
  });

  test("without one, the error says where it was looked for", async () => {
    await using server = await startFake(script);
    const env = { HOME: "/nonexistent", REGISTRY_AUTH_FILE: "/nonexistent/auth.json" };
    await using source = registrySource(named(server.host), { ...impatient, env });
    await expect(source.document()).rejects.toMatchObject({
      code: "X_IMAGE_UNAUTHORIZED",
      message: expect.stringContaining("wants credentials and there are none"),
      hint: [
        "Looked for credentials in /nonexistent/auth.json ($REGISTRY_AUTH_FILE): no such file",
        "/nonexistent/.docker/config.json: no such file",
        `/nonexistent/.config/containers/auth.json: no such file. To store some: x login ${server.host}`,
      ].join(", then "),
    });
  });
});

describe("with tokens", () => {
  test("one is asked for each scope once, however many requests need it at the same time", async () => {
    await using tokens = await startFake((_, count) => ({ body: { token: `t${count}` } }));
    await using server = await startFake(({ headers }) =>
      headers.authorization === "Bearer t1" ? { body: bytes } : bearer(`${tokens.url}/token`),
    );
    await using source = registrySource(named(server.host), { ...impatient, credentials });
    const four = async (): Promise<unknown> =>
      Promise.all([1, 2, 3, 4].map(async () => bytesOf(await source.blob(descriptor))));
    await four();
    await bytesOf(await source.blob(descriptor));
    expect(tokens.requests.length).toBe(1);
    expect(tokens.requests[0]?.headers.authorization).toBe(basic);
    expect(Object.fromEntries(query(tokens.requests[0]!))).toEqual({
      service: "the registry",
      scope: "repository:a/b:pull",
      account: "alice",
    });
  });

  test("nobody's name is sent where there are no credentials, and what the registry asks for is asked for", async () => {
    await using tokens = await startFake(() => ({ body: { access_token: "anonymous" } }));
    await using server = await startFake(({ headers }) =>
      headers.authorization === undefined
        ? bearer(`${tokens.url}/token`, ',scope="repository:a/b:metadata_read"')
        : { body: { name: "a/b", tags: ["v1"] } },
    );
    expect(await listTags(named(server.host), impatient)).toEqual(["v1"]);
    expect(tokens.requests[0]?.headers.authorization).toBeUndefined();
    expect(query(tokens.requests[0]!).getAll("scope")).toEqual([
      "repository:a/b:metadata_read,pull",
    ]);
    expect(server.requests[1]?.headers.authorization).toBe("Bearer anonymous");
  });

  test("one that has expired at the registry is got anew, once for all who had it", async () => {
    let valid = 1;
    await using tokens = await startFake(() => ({ body: { token: `t${valid}` } }));
    await using server = await startFake(({ headers }) =>
      headers.authorization === `Bearer t${valid}`
        ? { body: bytes }
        : bearer(`${tokens.url}/token`),
    );
    await using source = registrySource(named(server.host), { ...impatient, credentials });
    for (valid of [1, 2, 3]) {
      const all = [1, 2, 3, 4].map(async () => bytesOf(await source.blob(descriptor)));
      await Promise.all(all);
    }
    expect(tokens.requests.length).toBe(3);
  });

  test("one that has expired is sent once more at most", async () => {
    let valid = 1;
    await using tokens = await startFake(() => ({ body: { token: `t${valid}`, expires_in: 300 } }));
    await using server = await startFake(({ headers }) =>
      headers.authorization === `Bearer t${valid}`
        ? { body: bytes }
        : bearer(`${tokens.url}/token`),
    );
    await using source = registrySource(named(server.host), { ...impatient, credentials });
    await bytesOf(await source.blob(descriptor));
    valid = 2;
    await bytesOf(await source.blob(descriptor));
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      "Bearer t1",
      "Bearer t1",
      "Bearer t2",
    ]);
  });

  test("who has enough does not wait for a token that others wait for, too", async () => {
    await using tokens = await startFake(({ url }) =>
      url.includes("never") ? () => {} : { body: { token: "t" } },
    );
    await using server = await startFake(() => bearer(`${tokens.url}/never`));
    await using source = registrySource(named(server.host), { ...impatient, credentials });
    const reason = new Error("enough");
    const controller = new AbortController();
    const other = source.document().catch((error: unknown) => error);
    const mine = source.document(undefined, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 50);
    await expect(mine).rejects.toBe(reason);
    await source[Symbol.asyncDispose]();
    expect(await other).toBeInstanceOf(Error);
  });

  test("an identity token is sent in the body of a POST, and is not in the error when it is refused", async () => {
    await using tokens = await startFake(() => ({ status: 401, body: { details: "go away" } }));
    await using server = await startFake(() => bearer(`${tokens.url}/token`));
    const identity = { identityToken: "refresh-secret" };
    await using source = registrySource(named(server.host), {
      ...impatient,
      credentials: identity,
    });
    const error = await source.document().catch((failure: unknown) => failure);
    expect(error).toMatchObject({
      code: "X_IMAGE_UNAUTHORIZED",
      message: expect.stringContaining(
        "does not accept the credentials of the identity token (go away)",
      ),
    });
    expect(String(error)).not.toContain("refresh-secret");
    const [asked] = tokens.requests;
    expect(asked?.method).toBe("POST");
    expect(asked?.url).toBe("/token");
    expect(Object.fromEntries(new URLSearchParams(asked?.body.toString()))).toEqual({
      grant_type: "refresh_token",
      client_id: "x",
      refresh_token: "refresh-secret",
      service: "the registry",
      scope: "repository:a/b:pull",
    });
  });

  test("a token server that is down is told from a registry that is", async () => {
    const dead = await deadHost();
    await using server = await startFake(() => bearer(`http://${dead}/token`));
    await using source = registrySource(named(server.host), impatient);
    await expect(source.document()).rejects.toMatchObject({
      code: "X_IMAGE_REGISTRY",
      message: expect.stringContaining(`nothing listens at ${dead}`),
    });
    expect(server.requests.length).toBe(1);
  });

  test.each([
    ["no JSON", "<html>"],
    ["no token", {}],
    ["a token with a line break", { token: "a\r\nx-header: b" }],
  ])("a token server that gives %s is refused", async (_, body) => {
    await using tokens = await startFake(() => ({ body }));
    await using server = await startFake(() => bearer(`${tokens.url}/token`));
    await using source = registrySource(named(server.host), impatient);
    await expect(source.document()).rejects.toMatchObject({
      code: "X_IMAGE_REGISTRY",
      message: expect.stringContaining("gave no token that can be used"),
    });
  });
});

describe("credentials are not sent", () => {
  test("to a realm of another host in plain http", async () => {
    await using server = await startFake(() => bearer("http://192.0.2.1/token"));
    await using source = registrySource(named(server.host), { ...impatient, credentials });
    await expect(source.document()).rejects.toMatchObject({
      code: "X_IMAGE_UNAUTHORIZED",
      message: expect.stringContaining("in plain http to another host"),
    });
  });

  test("to a realm that is no address", async () => {
    for (const realm of ["file:///etc/passwd", "https://me:too@host/", "https://[", ""]) {
      await using server = await startFake(() => bearer(realm));
      await using source = registrySource(named(server.host), { ...impatient, credentials });
      await expect(source.document(), realm).rejects.toThrow("which is no address for that");
    }
  });

  test("to the host that a blob is redirected to, even if it asks for them", async () => {
    await using cdn = await startFake(() => ({
      status: 401,
      headers: { "www-authenticate": 'Basic realm="give it to me"' },
    }));
    await using server = await startFake(({ headers }) =>
      headers.authorization === basic
        ? { status: 307, headers: { location: `${cdn.url}/blob` } }
        : { status: 401, headers: { "www-authenticate": "Basic" } },
    );
    await using source = registrySource(named(server.host), { ...impatient, credentials });
    await expect(source.blob(descriptor)).rejects.toMatchObject({
      code: "X_IMAGE_REGISTRY",
      message: expect.stringContaining(`sends on to ${cdn.host}, which answered 401`),
    });
    expect(server.requests.at(-1)?.headers.authorization).toBe(basic);
    expect(cdn.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test("to a mirror, when they were given for the registry", async () => {
    const ask = { status: 401, headers: { "www-authenticate": "Basic" } };
    await using mirror = await startFake(() => ask);
    await using server = await startFake(({ headers }) =>
      headers.authorization === basic ? { body: bytes } : ask,
    );
    await using source = registrySource(named(server.host), {
      ...impatient,
      credentials,
      mirrors: [mirror.host],
    });
    expect(await bytesOf(await source.blob(descriptor))).toEqual(bytes);
    expect(mirror.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test("where a registry wants something else altogether", async () => {
    await using server = await startFake(() => ({
      status: 401,
      headers: { "www-authenticate": "Negotiate, Digest realm=x" },
    }));
    await using source = registrySource(named(server.host), { ...impatient, credentials });
    await expect(source.document()).rejects.toMatchObject({
      code: "X_IMAGE_UNAUTHORIZED",
      message: expect.stringContaining('neither a password nor a token but "negotiate, digest"'),
    });
    expect(server.requests.length).toBe(1);
  });
});
