import { ImageError } from "../error.ts";
import { followLocation, mayFollow } from "./redirect.ts";
import { watchSilence, type SilenceWatch } from "./silence.ts";

/** How to speak to servers. */
export interface Wire {
  readonly fetch: typeof fetch;
  /** Whether plain http to other machines was asked for. */
  readonly plainHttp: boolean;
  /** Milliseconds that a server may be silent. */
  readonly silence: number;
}

/** One question. */
export interface Question {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Is for the host of `url` and goes to no other. */
  readonly authorization?: string | undefined;
  /** A stream can be sent but once. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal | undefined;
}

/** What came back. The body has to be read to its end, or discarded. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Who gave it in the end. */
  readonly url: URL;
  readonly chunks: AsyncGenerator<Uint8Array, void, undefined>;
  discard(): Promise<void>;
}

const moved: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const mostHops = 10;

/**
 * Asks a server and follows where it sends the question on to, by the rules of `redirect.ts`:
 * what authorizes goes to no other host. Rejects with `fetch`'s own error, with a `SilenceError`,
 * with the signal's reason, and with `X_IMAGE_REGISTRY` for a redirect that nobody follows.
 */
export async function exchange(question: Question, wire: Wire): Promise<Answer> {
  const watch = watchSilence(wire.silence, question.signal);
  try {
    let { url, authorization } = question;
    for (let hop = 0; hop <= mostHops; hop += 1) {
      const response = await send({ ...question, url, authorization }, wire, watch);
      const location = response.headers.get("location");
      if (!moved.has(response.status) || location === null) return answerOf(response, url, watch);
      await response.body?.cancel();
      if (question.method !== "GET" && question.method !== "HEAD") {
        throw elsewhere(url, "sends what was to be stored there elsewhere");
      }
      url = followLocation(url, location, wire.plainHttp);
      if (!mayFollow(question.url, url)) authorization = undefined;
    }
    throw elsewhere(question.url, "sends on and on");
  } catch (error) {
    watch.end();
    if (watch.signal.aborted) throw watch.signal.reason;
    throw error;
  }
}

/** All of a body. Rejects with `X_IMAGE_SIZE` when it is longer than `limit` bytes. */
export async function readAll(answer: Answer, limit: number, what: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.chunks) {
    size += chunk.length;
    if (size > limit) {
      throw new ImageError(
        "X_IMAGE_SIZE",
        `${what} from ${answer.url.host} is over ${limit} bytes`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

async function send(question: Question, wire: Wire, watch: SilenceWatch): Promise<Response> {
  const { method, url, headers = {}, authorization, body } = question;
  const streamed = body !== undefined && typeof body !== "string" && !(body instanceof Uint8Array);
  return wire.fetch(url, {
    method,
    headers: {
      // What is compressed is compressed already, and has a digest as it is.
      "accept-encoding": "identity",
      "user-agent": "x-image",
      ...headers,
      ...(authorization === undefined ? {} : { authorization }),
    },
    redirect: "manual",
    signal: watch.signal,
    ...(streamed
      ? { body: streamOf(body, watch), duplex: "half" }
      : body === undefined
        ? {}
        : { body }),
  } as RequestInit & { duplex?: "half" });
}

function answerOf(response: Response, url: URL, watch: SilenceWatch): Answer {
  const chunks = read(response, watch);
  let started = false;
  return {
    status: response.status,
    headers: response.headers,
    url,
    get chunks() {
      started = true;
      return chunks;
    },
    async discard() {
      // A generator that has not begun ends without its finally.
      if (started) await chunks.return();
      else await response.body?.cancel().catch(() => {});
      watch.end();
    },
  };
}

async function* read(
  response: Response,
  watch: SilenceWatch,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = response.body?.getReader();
  try {
    for (;;) {
      if (reader === undefined) return;
      watch.heard();
      const { done, value } = await reader.read();
      if (done) return;
      watch.rest();
      yield value;
    }
  } catch (error) {
    if (watch.signal.aborted) throw watch.signal.reason;
    throw error;
  } finally {
    watch.end();
    await reader?.cancel().catch(() => {});
  }
}

/** While the content is being made, and when all of it is sent, nobody waits for the server. */
function streamOf(
  chunks: AsyncIterable<Uint8Array>,
  watch: SilenceWatch,
): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        watch.rest();
        const { done, value } = await iterator.next();
        if (done) return controller.close();
        watch.heard();
        controller.enqueue(value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 1 },
  );
}

function elsewhere(url: URL, what: string): ImageError {
  return new ImageError("X_IMAGE_REGISTRY", `${url.host} ${what}`, {
    hint: "Nothing was sent there",
  });
}
