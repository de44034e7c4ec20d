import { expect, test } from "vitest";
import { startFake } from "../../testing/registry-fake.ts";
import { exchange, readAll, type Wire } from "./exchange.ts";

const wire: Wire = { fetch, plainHttp: false, silence: 60_000 };

test("what authorizes goes along to the same server, and to no other, nor back from there", async () => {
  await using other = await startFake(({ url }) =>
    url === "/on" ? { body: "here" } : { status: 307, headers: { location: `${own.url}/back` } },
  );
  await using own = await startFake(({ url }) => {
    if (url === "/first") return { status: 307, headers: { location: "/second" } };
    if (url === "/second") return { status: 302, headers: { location: `${other.url}/away` } };
    return { status: 307, headers: { location: `${other.url}/on` } };
  });
  const answer = await exchange(
    { method: "GET", url: new URL("/first", own.url), authorization: "Basic c2VjcmV0" },
    wire,
  );
  expect(Buffer.from(await readAll(answer, 100, "it")).toString()).toBe("here");
  expect(answer.url.href).toBe(`${other.url}/on`);
  const sent = (server: typeof own): unknown =>
    server.requests.map(({ url, headers }) => [url, headers.authorization]);
  expect(sent(own)).toEqual([
    ["/first", "Basic c2VjcmV0"],
    ["/second", "Basic c2VjcmV0"],
    ["/back", undefined],
  ]);
  expect(sent(other)).toEqual([
    ["/away", undefined],
    ["/on", undefined],
  ]);
});

test("a server that sends on and on is left", async () => {
  await using server = await startFake(() => ({ status: 307, headers: { location: "/again" } }));
  await expect(exchange({ method: "GET", url: new URL(server.url) }, wire)).rejects.toMatchObject({
    code: "X_IMAGE_REGISTRY",
    message: expect.stringContaining("sends on and on"),
  });
  expect(server.requests.length).toBe(11);
});

test("what is to be stored at one address is not sent to another", async () => {
  await using server = await startFake(() => ({ status: 307, headers: { location: "/there" } }));
  const question = { method: "PUT", url: new URL(server.url), body: "content" } as const;
  await expect(exchange(question, wire)).rejects.toMatchObject({ code: "X_IMAGE_REGISTRY" });
  expect(server.requests.map(({ url }) => url)).toEqual(["/"]);
});

test("a redirect to another machine in plain http is not followed", async () => {
  await using server = await startFake(() => ({
    status: 302,
    headers: { location: "http://192.0.2.1/" },
  }));
  await expect(exchange({ method: "GET", url: new URL(server.url) }, wire)).rejects.toThrow(
    "another machine, in plain http",
  );
});

test("a body that is longer than allowed is not read on", async () => {
  await using server = await startFake(() => (response) => {
    const more = (): void => {
      if (response.write(Buffer.alloc(65_536))) setImmediate(more);
      else response.once("drain", more);
    };
    more();
  });
  const answer = await exchange({ method: "GET", url: new URL(server.url) }, wire);
  await expect(readAll(answer, 1_000_000, "it")).rejects.toMatchObject({ code: "X_IMAGE_SIZE" });
});

test("a server that begins and then says nothing is left, however slowly it drips before", async () => {
  await using server = await startFake(() => (response) => {
    response.write("a");
    setTimeout(() => response.write("b"), 20);
  });
  const answer = await exchange(
    { method: "GET", url: new URL(server.url) },
    { ...wire, silence: 1000 },
  );
  let text = "";
  const read = async (): Promise<void> => {
    for await (const chunk of answer.chunks) text += Buffer.from(chunk).toString();
  };
  await expect(read()).rejects.toMatchObject({ code: "X_SILENCE" });
  expect(text).toBe("ab");
});

test("a server that never answers is left", async () => {
  await using server = await startFake(() => () => {});
  const silent = { ...wire, silence: 50 };
  await expect(exchange({ method: "GET", url: new URL(server.url) }, silent)).rejects.toMatchObject(
    { code: "X_SILENCE" },
  );
});

test("a reader that is slow does not make the server silent", async () => {
  await using server = await startFake(() => ({ body: Buffer.alloc(200_000) }));
  const answer = await exchange(
    { method: "GET", url: new URL(server.url) },
    { ...wire, silence: 500 },
  );
  let size = 0;
  for await (const chunk of answer.chunks) {
    if (size === 0) await new Promise((resolve) => setTimeout(resolve, 900));
    size += chunk.length;
  }
  expect(size).toBe(200_000);
});

test("the signal's own reason ends an exchange, before the answer and in the middle of it", async () => {
  await using server = await startFake(({ url }) => (response) => {
    if (url === "/begin") response.write("a");
  });
  const reason = new Error("enough");
  for (const path of ["/never", "/begin"]) {
    const controller = new AbortController();
    const run = async (): Promise<void> => {
      const url = new URL(path, server.url);
      const asking = exchange({ method: "GET", url, signal: controller.signal }, wire);
      if (path === "/never") setTimeout(() => controller.abort(reason), 20);
      for await (const chunk of (await asking).chunks) controller.abort(chunk && reason);
    };
    await expect(run(), path).rejects.toBe(reason);
  }
});

test("content is asked for as it is, not compressed once more", async () => {
  await using server = await startFake(() => ({}));
  await (await exchange({ method: "GET", url: new URL(server.url) }, wire)).discard();
  expect(server.requests[0]?.headers["accept-encoding"]).toBe("identity");
});

test("a redirect from https to http is not followed, not even to the same host", async () => {
  const asked: string[] = [];
  const moved: typeof fetch = async (url) => {
    asked.push(String(url));
    return new Response(null, { status: 307, headers: { location: "http://a.com/x" } });
  };
  const question = {
    method: "GET",
    url: new URL("https://a.com/x"),
    authorization: "Basic eA==",
  } as const;
  await expect(
    exchange(question, { ...wire, plainHttp: true, fetch: moved }),
  ).rejects.toMatchObject({
    code: "X_IMAGE_REGISTRY",
    message: expect.stringContaining("which is no longer encrypted"),
  });
  expect(asked).toEqual(["https://a.com/x"]);
});
