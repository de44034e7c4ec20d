import { ImageError } from "../error.ts";
import { mergeScopes, parseChallenges } from "./challenge.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Answer, Wire } from "./exchange.ts";
import {
  findCredentials,
  type CredentialOptions,
  type FoundCredentials,
} from "./find-credentials.ts";
import { networkError } from "./network-error.ts";
import { orAbort } from "./pause.ts";
import { readRefusal, refusalError, unauthorized, type Refusal } from "./refusal.ts";
import type { RetryPolicy } from "./retry.ts";
import { askForToken, basic, readToken, realmOf, type Token, type TokenService } from "./token.ts";

/** What a request is for. */
export interface Purpose {
  /** In words, for errors: `pull localhost:5000/a:latest`. */
  readonly doing: string;
  readonly scopes: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** What authorizes requests at one registry. */
export interface Authorizer {
  /** The header to send at first: what is known to be wanted, or nothing. */
  header(purpose: Purpose): Promise<string | undefined>;
  /**
   * The header to send after a 401 that came in answer to `sent`. Throws `X_IMAGE_UNAUTHORIZED`
   * where there is nothing better to send.
   */
  challenged(answer: Answer, sent: string | undefined, purpose: Purpose): Promise<string>;
  /** The error for a request that is refused for good, by 401 or 403. */
  refused(refusal: Refusal, purpose: Purpose): Promise<ImageError>;
}

/** How an {@link Authorizer} works. */
export interface AuthorizerOptions extends CredentialOptions {
  readonly wire: Wire;
  readonly policy: RetryPolicy;
  /** Ends what is done for several who wait. */
  readonly closing: AbortSignal;
}

type Way = { readonly kind: "basic" } | { readonly kind: "bearer"; readonly service: TokenService };

/**
 * Finds out on the first 401 what a registry wants, and remembers it: one token for each set of
 * scopes, asked for once however many requests need it, and again when it has expired.
 */
export function createAuthorizer(endpoint: Endpoint, options: AuthorizerOptions): Authorizer {
  const { wire, policy, closing: signal } = options;
  const tokens = new Map<string, Promise<Token>>();
  let way: Way | undefined;
  let finding: Promise<FoundCredentials> | undefined;

  const find = async (): Promise<FoundCredentials> => {
    finding ??= findCredentials(endpoint, options, signal);
    return finding;
  };

  /** Unless somebody has got another one by now. */
  const forget = (key: string, token: Promise<Token>): void => {
    if (tokens.get(key) === token) tokens.delete(key);
  };

  const bearer = async (
    service: TokenService,
    purpose: Purpose,
    more: readonly string[] = [],
  ): Promise<string> => {
    const key = keyOf(purpose);
    for (let known = tokens.get(key); known !== undefined; known = tokens.get(key)) {
      const { text, expires } = await orAbort(known, purpose.signal);
      if (expires > Date.now()) return `Bearer ${text}`;
      forget(key, known);
    }
    const fresh = fetchToken(service, purpose, more);
    tokens.set(key, fresh);
    // A failure is told to who waits for it and is not remembered.
    fresh.catch(() => forget(key, fresh));
    return `Bearer ${(await orAbort(fresh, purpose.signal)).text}`;
  };

  const fetchToken = async (
    service: TokenService,
    purpose: Purpose,
    more: readonly string[],
  ): Promise<Token> => {
    const found = await find();
    const scopes = mergeScopes([...purpose.scopes, ...more]);
    // The token is for all who wait for it: the signal of the one who asked first is not theirs.
    const asking = askForToken(service, scopes, found.credentials, { wire, policy, signal });
    const answer = await asking.catch((error: unknown) => {
      throw networkError(error, `${purpose.doing} with a token`, service.realm);
    });
    if (answer.status === 200) return readToken(answer, Date.now());
    const refusal = await readRefusal(answer);
    if (![400, 401, 403].includes(refusal.status)) throw refusalError(refusal, purpose.doing);
    throw unauthorized(purpose.doing, { registry: endpoint.registry, found, said: refusal.text });
  };

  const header = async (purpose: Purpose): Promise<string | undefined> => {
    if (way?.kind === "bearer") return bearer(way.service, purpose);
    const credentials = way?.kind === "basic" ? (await find()).credentials : undefined;
    return credentials !== undefined && "username" in credentials ? basic(credentials) : undefined;
  };

  const refused = async (refusal: Refusal, purpose: Purpose): Promise<ImageError> => {
    const facts = { registry: endpoint.registry, found: await find(), said: refusal.text };
    return unauthorized(purpose.doing, { ...facts, forbidden: refusal.status === 403 });
  };

  return {
    header,
    refused,
    async challenged(answer, sent, purpose) {
      const challenges = parseChallenges(answer.headers.get("www-authenticate") ?? "");
      const refusal = await readRefusal(answer);
      const wanted = challenges.find(({ scheme }) => scheme === "bearer");
      const realm = wanted?.parameters["realm"];
      if (wanted !== undefined && realm !== undefined) {
        const { service, scope = "" } = wanted.parameters;
        const asked = { registry: endpoint.base, realm: realmOf(endpoint.base, realm), service };
        way = { kind: "bearer", service: asked };
        const key = keyOf(purpose);
        const known = tokens.get(key);
        if (known !== undefined && sent !== undefined) {
          const token = await orAbort(
            known.catch(() => undefined),
            purpose.signal,
          );
          if (sent === `Bearer ${token?.text}`) forget(key, known);
        }
        return bearer(asked, purpose, [scope]);
      }
      if (challenges.some(({ scheme }) => scheme === "basic")) {
        way = { kind: "basic" };
        const next = await header(purpose);
        if (next !== undefined && next !== sent) return next;
        throw await refused(refusal, purpose);
      }
      throw new ImageError(
        "X_IMAGE_UNAUTHORIZED",
        `cannot ${purpose.doing}: ${endpoint.registry} wants neither a password nor a token but ${JSON.stringify(challenges.map(({ scheme }) => scheme).join(", "))}`,
      );
    },
  };
}

function keyOf({ scopes }: Purpose): string {
  return mergeScopes(scopes).join(" ");
}
