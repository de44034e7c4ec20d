import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a scripted server has been asked. */
export interface FakeRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A server on loopback that answers as a test says. */
export interface FakeServer extends AsyncDisposable {
  /** Host and port. */
  readonly host: string;
  readonly url: string;
  /** All it has been asked, in order. */
  readonly requests: FakeRequest[];
}

/** How it answers: by hand, or with a status, headers and a body. */
export type FakeAnswer =
  | {
      readonly status?: number;
      readonly headers?: Record<string, string>;
      readonly body?: string | Uint8Array | object;
    }
  | ((response: ServerResponse) => void);

/** Starts a server that answers each request as `script` says; what it says nothing to is a 404. */
export async function startFake(
  script: (request: FakeRequest, count: number) => FakeAnswer | undefined,
): Promise<FakeServer> {
  const requests: FakeRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk as Uint8Array);
    } catch {
      // The client has gone; nobody is left to be answered.
      return;
    }
    const { method = "", url = "", headers } = incoming;
    const request = { method, url, headers, body: Buffer.concat(chunks) };
    requests.push(request);
    const answer = script(request, requests.length) ?? { status: 404 };
    if (typeof answer === "function") return answer(response);
    const { status = 200, body = "" } = answer;
    const raw = typeof body === "string" || body instanceof Uint8Array;
    const bytes = Buffer.from(raw ? body : JSON.stringify(body));
    response.writeHead(status, { "content-length": bytes.length, ...answer.headers }).end(bytes);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Where nothing listens: a port that was free a moment ago. */
export async function deadHost(): Promise<string> {
  const server = await startFake(() => undefined);
  await server[Symbol.asyncDispose]();
  return server.host;
}

/** Options with which no test waits long, and none reads the credentials of whoever runs it. */
export const impatient = { env: { HOME: "/nonexistent" }, retries: 2, retryDelay: 1 } as const;
