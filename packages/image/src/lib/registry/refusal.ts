import { ImageError } from "../error.ts";
import { clean, errorBodyLimit, errorCodes, errorText } from "./answer-text.ts";
import { entryOf, type Credentials } from "./credentials.ts";
import { readAll, type Answer } from "./exchange.ts";
import type { FoundCredentials } from "./find-credentials.ts";

/** An answer that says no, read to its end. */
export interface Refusal {
  readonly status: number;
  readonly host: string;
  /** What the registry says, for people; empty where it says nothing. */
  readonly text: string;
  readonly codes: readonly string[];
}

/** Reads an answer that says no, at most 1 MiB of it. */
export async function readRefusal(answer: Answer): Promise<Refusal> {
  // That it says no is known already: a text that breaks off or never ends changes nothing.
  const bytes = await readAll(answer, errorBodyLimit, "a text").catch(() => new Uint8Array());
  const plain = Buffer.from(bytes.subarray(0, 100)).toString("latin1");
  const wantsTls = /http request to an https server/i.test(plain);
  return {
    status: answer.status,
    host: answer.url.host,
    text: wantsTls ? clean(plain) : errorText(bytes),
    codes: errorCodes(bytes),
  };
}

/** A sentence for a refusal that has none of its own. `X_IMAGE_REGISTRY`, or `X_IMAGE_NOT_FOUND`. */
export function refusalError(refusal: Refusal, doing: string): ImageError {
  const { status, host, text } = refusal;
  const said = text === "" ? "" : `: ${text}`;
  const message = `cannot ${doing}: ${host} answered ${status}${said}`;
  if (status === 404) return new ImageError("X_IMAGE_NOT_FOUND", message);
  const hint = /http request to an https server/i.test(text)
    ? "It speaks TLS: give its authority's certificate with the ca option (--ca), or set plainHttp to false"
    : hints[status];
  return new ImageError("X_IMAGE_REGISTRY", message, hint === undefined ? {} : { hint });
}

const busy = "It has been asked several times; try again later";
const hints: Readonly<Record<number, string>> = {
  405: "It does not offer this; is it read-only, or a mirror?",
  413: "It or a proxy in front of it does not take as much at once",
  429: "It has had too many requests; those who log in are often allowed more",
  500: busy,
  502: busy,
  503: busy,
  504: busy,
};

/** Which credentials were sent, and where they or others were looked for. */
export interface AuthFacts {
  readonly registry: string;
  readonly found: FoundCredentials;
  /** What the registry or its token server says to it. */
  readonly said?: string;
  /** Of 401 and 403 the latter. */
  readonly forbidden?: boolean;
}

/** `X_IMAGE_UNAUTHORIZED`, with where credentials were looked for. No secret is in it. */
export function unauthorized(doing: string, facts: AuthFacts): ImageError {
  const { registry, found, said = "", forbidden = false } = facts;
  const text = said === "" ? "" : ` (${hide(said, found.credentials)})`;
  const who = found.credentials === undefined ? undefined : nameOf(found.credentials);
  const what =
    who === undefined
      ? `${registry} wants credentials and there are none`
      : forbidden
        ? `${registry} does not allow it to ${who}`
        : `${registry} does not accept the credentials of ${who}`;
  return new ImageError("X_IMAGE_UNAUTHORIZED", `cannot ${doing}: ${what}${text}`, {
    hint: `Looked for credentials in ${found.looked.join(", then ")}. To store some: x login ${registry}`,
  });
}

/** A server may repeat what it was sent. */
function hide(text: string, credentials: Credentials | undefined): string {
  if (credentials === undefined) return text;
  const secrets =
    "username" in credentials
      ? [credentials.password, entryOf(credentials.username, credentials.password).auth ?? ""]
      : [credentials.identityToken];
  return secrets
    .filter((secret) => secret !== "")
    .reduce((hidden, secret) => hidden.replaceAll(secret, "…"), text);
}

function nameOf(credentials: Credentials): string {
  return "username" in credentials
    ? JSON.stringify(clean(credentials.username))
    : "the identity token";
}
