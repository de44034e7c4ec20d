import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** What a client has asked a registry for. */
interface Asked {
  readonly path: string;
  readonly range: string | undefined;
}

/** A server in front of a registry that notes which blobs are downloaded. */
export interface BlobProxy extends AsyncDisposable {
  readonly host: string;
  /** Of blobs, in the order of requests. */
  readonly downloads: readonly Asked[];
}

/** What the proxy does with requests besides passing them on. */
export interface BlobProxyOptions {
  /** How many clients must have asked for a manifest before anybody gets a blob. */
  readonly clients?: number;
  /** Bytes of a blob after which nothing more comes, though the connection stays. */
  readonly stallAfter?: number;
}

/** Starts a proxy in front of the registry at `host`. */
export async function startBlobProxy(
  host: string,
  options: BlobProxyOptions = {},
): Promise<BlobProxy> {
  const downloads: Asked[] = [];
  const waiting: (() => void)[] = [];
  let clients = options.clients ?? 0;
  const server = createServer((incoming, outgoing) => {
    const { method, url: path = "/", headers } = incoming;
    const isBlob = method === "GET" && path.includes("/blobs/sha256:");
    if (isBlob) downloads.push({ path, range: headers.range });
    const pass = (): void =>
      passOn(host, incoming, outgoing, isBlob ? options.stallAfter : undefined);
    if (method === "GET" && path.includes("/manifests/")) clients--;
    if (isBlob) waiting.push(pass);
    else pass();
    if (clients <= 0) for (const go of waiting.splice(0)) go();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    downloads,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function passOn(
  host: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  stall: BlobProxyOptions["stallAfter"],
): void {
  const { method, url, headers } = incoming;
  const upstream = request(`http://${host}${url}`, { method, headers, agent: false }, (answer) => {
    outgoing.writeHead(answer.statusCode!, answer.headers);
    if (stall === undefined) return void answer.pipe(outgoing);
    let passed = 0;
    answer.on("data", (chunk: Buffer) => {
      outgoing.write(chunk.subarray(0, Math.max(0, stall - passed)));
      passed += chunk.length;
      if (passed >= stall) answer.pause();
    });
    answer.on("end", () => outgoing.end());
  });
  upstream.on("error", () => outgoing.destroy());
  outgoing.on("close", () => upstream.destroy());
  incoming.pipe(upstream);
}
