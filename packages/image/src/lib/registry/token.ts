import * as v from "valibot";
import { ImageError } from "../error.ts";
import type { Credentials } from "./credentials.ts";
import { exchange, readAll, type Answer, type Question, type Wire } from "./exchange.ts";
import { persist } from "./persist.ts";
import { mayGetPassword } from "./redirect.ts";
import type { RetryPolicy } from "./retry.ts";

/** Where tokens for a registry are to be had. */
export interface TokenService {
  /** Of the registry, which decides what may be sent to the realm. */
  readonly registry: URL;
  readonly realm: URL;
  readonly service: string | undefined;
}

/** A token for some scopes. */
export interface Token {
  readonly text: string;
  /** Until when it can be used, in milliseconds since 1970. */
  readonly expires: number;
}

const tokenLimit = 1024 * 1024;
const body = v.object({
  token: v.optional(v.string()),
  access_token: v.optional(v.string()),
  expires_in: v.optional(v.number()),
});

/**
 * The realm of a bearer challenge. Throws `X_IMAGE_REGISTRY` for one that is no address, and for
 * one in plain http that a registry names over https.
 */
export function realmOf(registry: URL, realm: string): URL {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  const wanted = registry.protocol === "https:" ? ["https:"] : ["https:", "http:"];
  if (url !== undefined && wanted.includes(url.protocol) && url.username + url.password === "") {
    return url;
  }
  throw new ImageError(
    "X_IMAGE_REGISTRY",
    `${registry.host} wants a token from ${JSON.stringify(realm.slice(0, 200))}, which is no address for that`,
    { hint: "Tokens are got over https; nothing was sent there" },
  );
}

/**
 * Asks a token server: GET, with basic authentication where there is a password; POST with an
 * identity token. Throws `X_IMAGE_UNAUTHORIZED` rather than send a secret where it must not go.
 *
 * Source: https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/
 */
export async function askForToken(
  service: TokenService,
  scopes: readonly string[],
  credentials: Credentials | undefined,
  how: {
    readonly wire: Wire;
    readonly policy: RetryPolicy;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Answer> {
  if (credentials !== undefined && !mayGetPassword(service.registry, service.realm)) {
    throw new ImageError(
      "X_IMAGE_UNAUTHORIZED",
      `${service.registry.host} wants credentials sent to ${service.realm.origin}, in plain http to another host`,
      { hint: "Nothing was sent there; the registry's settings have to name a realm over https" },
    );
  }
  const question = { ...questionFor(service, scopes, credentials), signal: how.signal };
  return persist(async () => exchange(question, how.wire), how.policy, how.signal);
}

/** The token in an answer. `now` is in milliseconds. Throws `X_IMAGE_REGISTRY` for none. */
export async function readToken(answer: Answer, now: number): Promise<Token> {
  const bytes = await readAll(answer, tokenLimit, "a token");
  const json = v.pipe(v.string(), v.parseJson(), body);
  const parsed = v.safeParse(json, Buffer.from(bytes).toString("utf8"));
  const text = parsed.success ? (parsed.output.token ?? parsed.output.access_token ?? "") : "";
  if (!parsed.success || !/^[\x21-\x7E]+$/.test(text)) {
    throw new ImageError("X_IMAGE_REGISTRY", `${answer.url.host} gave no token that can be used`);
  }
  // The specification has sixty seconds as the least, and as what is meant by saying nothing.
  const seconds = Math.max(60, parsed.output.expires_in ?? 60);
  return { text, expires: now + (seconds - 10) * 1000 };
}

function questionFor(
  { realm, service }: TokenService,
  scopes: readonly string[],
  credentials: Credentials | undefined,
): Question {
  if (credentials !== undefined && "identityToken" in credentials) {
    const form = new URLSearchParams({
      grant_type: "refresh_token",
      client_id: "x",
      refresh_token: credentials.identityToken,
      ...(service === undefined ? {} : { service }),
      ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") }),
    });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return { method: "POST", url: realm, headers, body: form.toString() };
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set("service", service);
  if (credentials !== undefined) url.searchParams.set("account", credentials.username);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  const authorization = credentials === undefined ? undefined : basic(credentials);
  return { method: "GET", url, authorization };
}

/** The header for a name and a password. Source: RFC 7617. */
export function basic({
  username,
  password,
}: {
  readonly username: string;
  readonly password: string;
}): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
