import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { expect, test } from "vitest";
import { impatient, startFake } from "../../testing/registry-fake.ts";
import { loadFetch } from "./load-fetch.ts";
import { parseReference } from "./reference.ts";
import { listTags } from "./tags.ts";

interface Proxy extends AsyncDisposable {
  readonly url: string;
  /** Where it was asked to connect to. */
  readonly asked: string[];
}

/** A proxy that connects everyone to one server, wherever they want to go. */
async function startProxy(target: string): Promise<Proxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on("connect", ({ url = "" }, client: Socket) => {
    asked.push(url);
    const [host = "", port = ""] = target.split(":");
    const upstream = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connected\r\n\r\n");
      client.pipe(upstream).pipe(client);
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const tags = { body: { tags: ["v1"] } };

test("Node's own fetch is used unless certificates or a proxy ask for more", async () => {
  expect((await loadFetch({}, {})).fetch).toBe(globalThis.fetch);
  expect((await loadFetch({ proxy: false }, { https_proxy: "http://a:1" })).fetch).toBe(
    globalThis.fetch,
  );
  const given: typeof fetch = async () => new Response();
  expect((await loadFetch({ fetch: given, insecure: true }, {})).fetch).toBe(given);
  for (const [options, env] of [
    [{ insecure: true }, {}],
    [{ ca: "" }, {}],
    [{}, { HTTPS_PROXY: "http://127.0.0.1:1" }],
  ] as const) {
    const loaded = await loadFetch(options, env);
    expect(loaded.fetch).not.toBe(globalThis.fetch);
    await loaded.close();
  }
});

test("a registry elsewhere is reached through the proxy of the environment, which finds it", async () => {
  await using server = await startFake(() => tags);
  await using proxy = await startProxy(server.host);
  const env = { HOME: "/nonexistent", HTTP_PROXY: proxy.url };
  const options = { ...impatient, env, plainHttp: true };
  expect(await listTags(parseReference("registry.invalid:5000/a"), options)).toEqual(["v1"]);
  expect(proxy.asked).toEqual(["registry.invalid:5000"]);
});

test("loopback is reached without a proxy, and so is what NO_PROXY names", async () => {
  await using server = await startFake(() => tags);
  await using proxy = await startProxy(server.host);
  const env = { HOME: "/nonexistent", HTTP_PROXY: proxy.url };
  const options = { ...impatient, plainHttp: true };
  const list = async (host: string, more: object): Promise<string[]> =>
    listTags(parseReference(`${host}/a`), { ...options, env: { ...env, ...more } });
  expect(await list(server.host, {})).toEqual(["v1"]);
  // This machine by a name that is not loopback's.
  const here = server.host.replace("127.0.0.1", "0.0.0.0");
  expect(await list(here, { NO_PROXY: "a.com,0.0.0.0" })).toEqual(["v1"]);
  expect(proxy.asked).toEqual([]);
  expect(await list(here, {})).toEqual(["v1"]);
  expect(proxy.asked).toEqual([here]);
});
