import { ImageError } from "../error.ts";
import { createAuthorizer, type Purpose } from "./authorizer.ts";
import type { Environment } from "./auth-files.ts";
import type { Endpoint } from "./endpoint.ts";
import { exchange, type Answer, type Question, type Wire } from "./exchange.ts";
import type { CredentialOptions } from "./find-credentials.ts";
import type { FetchOptions, LoadedFetch } from "./load-fetch.ts";
import { networkError } from "./network-error.ts";
import { persist } from "./persist.ts";
import { followLocation, mayFollow } from "./redirect.ts";
import { readRefusal, refusalError } from "./refusal.ts";
import type { RetryPolicy } from "./retry.ts";

/** How to reach a registry, and as whom. */
export interface RegistryOptions extends CredentialOptions, FetchOptions {
  /**
   * `true` speaks plain http, `false` never does. Left out, only loopback is spoken to in plain
   * http, and not even that where `ca` or `insecure` is given.
   */
  readonly plainHttp?: boolean;
  /** How often to try again what failed for a reason that may pass; 4 unless given. */
  readonly retries?: number;
  /** Milliseconds before the first of these; each further wait is twice as long. 200 unless given. */
  readonly retryDelay?: number;
  /** Milliseconds that a registry may be silent; 60,000 unless given. */
  readonly silence?: number;
}

/** A question to a registry. */
export interface RegistryQuestion extends Purpose {
  readonly method: Question["method"];
  /** Under `/v2/`, or an address that the registry has given. */
  readonly at: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** The answers that the caller can use. */
  readonly expect: readonly number[];
}

/** What asks one registry about one repository. */
export interface RegistryClient {
  readonly endpoint: Endpoint;
  readonly policy: RetryPolicy;
  /**
   * Asks, with what authorizes, again where that may help, and gives an answer that is expected.
   * What a stream is the body of is asked once. Throws `X_IMAGE_UNAUTHORIZED`,
   * `X_IMAGE_NOT_FOUND`, `X_IMAGE_CERTIFICATE` and `X_IMAGE_REGISTRY`.
   */
  ask(question: RegistryQuestion): Promise<Answer>;
  /** Where an answer's `Location` leads. Throws `X_IMAGE_REGISTRY`. */
  locate(answer: Pick<Answer, "headers" | "url">): URL;
}

/** What the clients of one repository share. */
export interface ClientParts {
  readonly loaded: () => Promise<LoadedFetch>;
  /** Fires when nobody needs them any more. */
  readonly closing: AbortSignal;
}

/** A client for one endpoint. Nothing is asked yet. */
export function createClient(
  endpoint: Endpoint,
  options: RegistryOptions,
  { loaded, closing }: ClientParts,
): RegistryClient {
  const { plainHttp = false, retries = 4, retryDelay = 200, silence = 60_000 } = options;
  const policy = { retries, delay: retryDelay };
  const wire: Wire = {
    fetch: async (url, init) => (await loaded()).fetch(url, init),
    plainHttp,
    silence,
  };
  const authorizer = createAuthorizer(endpoint, { ...options, wire, policy, closing });

  const authorized = async (question: RegistryQuestion): Promise<Answer> => {
    const { method, at, headers, body, signal } = question;
    const url = new URL(at, endpoint.base);
    // An address of the registry's own choosing may be another host's, which nothing is owed to.
    const own = mayFollow(endpoint.base, url);
    const basics = { method, url, ...(headers === undefined ? {} : { headers }), signal };
    const whole: Question = { ...basics, ...(body === undefined ? {} : { body }) };
    const sent = own ? await authorizer.header(question) : undefined;
    const answer = await exchange({ ...whole, authorization: sent }, wire);
    if (answer.status !== 401 || !mayFollow(endpoint.base, answer.url)) return answer;
    const authorization = await authorizer.challenged(answer, sent, question);
    if (!canRepeat(body)) throw new StaleTokenError();
    return exchange({ ...whole, authorization }, wire);
  };

  return {
    endpoint,
    policy,
    locate({ headers, url }) {
      const location = headers.get("location");
      if (location !== null) return followLocation(url, location, plainHttp);
      throw new ImageError("X_IMAGE_REGISTRY", `${url.host} does not say where to go on`);
    },
    async ask(question) {
      const { doing, expect, signal, body } = question;
      let answer: Answer;
      try {
        const tries = canRepeat(body) ? policy : { ...policy, retries: 0 };
        answer = await persist(async () => authorized(question), tries, signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (!canRepeat(body)) throw error;
        throw networkError(error, doing, endpoint.base);
      }
      if (expect.includes(answer.status)) return answer;
      const refusal = await readRefusal(answer);
      if (refusal.status !== 401 && refusal.status !== 403) throw refusalError(refusal, doing);
      if (!mayFollow(endpoint.base, answer.url)) {
        throw new ImageError(
          "X_IMAGE_REGISTRY",
          `cannot ${doing}: ${endpoint.registry} sends on to ${answer.url.host}, which answered ${refusal.status}`,
          { hint: "Credentials for a registry are sent to nobody else" },
        );
      }
      throw await authorizer.refused(refusal, question);
    },
  };
}

/** A stream was refused for want of a token that there is by now: it has to begin anew. */
export class StaleTokenError extends Error {}

/** Whether a body can be sent a second time. */
function canRepeat(body: RegistryQuestion["body"]): boolean {
  return body === undefined || typeof body === "string" || body instanceof Uint8Array;
}

/** The environment that options speak of. */
export function environmentOf(options: { readonly env?: Environment }): Environment {
  return options.env ?? process.env;
}
