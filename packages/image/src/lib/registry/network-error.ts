import { ImageError } from "../error.ts";

/** A server that has been silent for too long. */
export class SilenceError extends Error {
  readonly code = "X_SILENCE";
}

const passing: ReadonlySet<string> = new Set([
  "X_SILENCE",
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "EPIPE",
  "ETIMEDOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_SOCKET",
]);

/** Whether trying again can help, without anybody having changed anything. */
export function isPassing(error: unknown): boolean {
  // What has become a sentence has been tried often enough.
  if (error instanceof ImageError) return false;
  return codesOf(error).some((code) => passing.has(code));
}

/**
 * A sentence for what the network, the name server or TLS said: `X_IMAGE_CERTIFICATE`, or
 * `X_IMAGE_REGISTRY`. `doing` is what was attempted: `pull localhost:5000/a:latest`.
 */
export function networkError(error: unknown, doing: string, url: URL): ImageError {
  if (error instanceof ImageError) return error;
  const codes = codesOf(error);
  const host = url.host;
  const certificate = codes.find(isCertificateCode);
  if (certificate !== undefined) {
    return new ImageError(
      "X_IMAGE_CERTIFICATE",
      `cannot ${doing}: ${certificateFault(certificate, url)} (${certificate})`,
      {
        hint: "Give the authority's certificate with the ca option (--ca) or in a file that NODE_EXTRA_CA_CERTS names; the insecure option (--insecure) goes on unchecked",
        cause: error,
      },
    );
  }
  const code = codes.find((code) => Object.hasOwn(sentences, code));
  const [what, hint] = code === undefined ? unknown(host) : sentences[code]!(host);
  const said = `${code ?? codes[0] ?? messageOf(error)}${addressOf(error)}`;
  return new ImageError("X_IMAGE_REGISTRY", `cannot ${doing}: ${what} (${said})`, {
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

type Sentence = (host: string) => [what: string, hint?: string];

const unknown: Sentence = (host) => [`the connection to ${host} failed`];

const silent: Sentence = (host) => [
  `${host} did not answer in time`,
  "Is the network up, and does a proxy stand in between?",
];
const unreachable: Sentence = (host) => [
  `there is no way to ${host} from here`,
  "Is the network up?",
];
const broken: Sentence = (host) => [`${host} broke off the connection`, "Try again"];
const noTls: Sentence = (host) => [
  `${host} does not speak TLS`,
  "If it serves plain http, ask for that: the plainHttp option (--plain-http)",
];

const sentences: Readonly<Record<string, Sentence>> = {
  ECONNREFUSED: (host) => [
    `nothing listens at ${host}`,
    "Is the registry running, and is the port right?",
  ],
  ENOTFOUND: (host) => [
    `there is no host ${host}`,
    "Is the name right? Without a registry in front, a name is docker.io's",
  ],
  EAI_AGAIN: (host) => [
    `no name server could say where ${host} is`,
    "Is the network up? See /etc/resolv.conf",
  ],
  X_SILENCE: silent,
  ETIMEDOUT: silent,
  UND_ERR_CONNECT_TIMEOUT: silent,
  UND_ERR_HEADERS_TIMEOUT: silent,
  UND_ERR_BODY_TIMEOUT: silent,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ENETDOWN: unreachable,
  ECONNRESET: broken,
  ECONNABORTED: broken,
  EPIPE: broken,
  UND_ERR_SOCKET: broken,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  EPROTO: noTls,
};

function isCertificateCode(code: string): boolean {
  return (
    code.startsWith("CERT_") ||
    code.startsWith("ERR_TLS_CERT") ||
    /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH)/.test(code)
  );
}

function certificateFault(code: string, url: URL): string {
  if (code === "CERT_HAS_EXPIRED") return `the certificate of ${url.host} has expired`;
  if (code === "CERT_NOT_YET_VALID") return `the certificate of ${url.host} is not valid yet`;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID" || code === "HOSTNAME_MISMATCH") {
    return `the certificate of ${url.host} is for another host`;
  }
  return `nobody trusted here vouches for the certificate of ${url.host}`;
}

/** The codes of an error and of what caused it, the innermost first. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === "string") codes.unshift(code);
    if (at instanceof AggregateError) codes.unshift(...at.errors.flatMap((one) => codesOf(one)));
  }
  return codes;
}

/** Where it was tried, which with a proxy is not where the registry is. */
function addressOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const { address, port } = at as { readonly address?: unknown; readonly port?: unknown };
    if (typeof address === "string" && typeof port === "number") return ` at ${address} ${port}`;
  }
  return "";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
