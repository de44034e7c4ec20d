import { isIPv6 } from "node:net";
import { ImageError } from "../error.ts";
import { isDigest, type Digest } from "../spec/digest.ts";

/** Which image of which registry is meant. */
export interface Reference {
  /** Host and, if it has one, port: `docker.io`, `localhost:5000`, `[::1]:5000`. Lower case. */
  readonly registry: string;
  /** The image's name at the registry: `library/busybox`. */
  readonly repository: string;
  /** Left out only where there is a digest. */
  readonly tag?: string;
  /** Where both are there, the digest says which image it is, and the tag is for people. */
  readonly digest?: Digest;
}

/** The registry that is meant where a name has none. */
export const defaultRegistry = "docker.io";

/**
 * Reads a name of an image as people write it: `busybox`, `localhost:5000/debian:12`,
 * `quay.io/a/b@sha256:…`. Without a registry it is docker.io's, without tag and digest its tag is
 * `latest`. As docker has it, the first part is a registry if it has a dot or a port or is
 * `localhost`. Throws `X_IMAGE_REFERENCE`, which says what is wrong.
 *
 * Source: https://github.com/distribution/reference, OCI distribution-spec "Pulling manifests".
 */
export function parseReference(text: string): Reference {
  const fail = failure(text);
  if (text === "") throw fail("it is empty", "Give a name, such as busybox or localhost:5000/name");
  if (text.length > 1024) throw fail(`it has ${text.length} characters`, "Names are shorter");
  const space = /[\s\p{Cc}]/u.exec(text);
  if (space !== null) {
    throw fail(
      `there is ${JSON.stringify(space[0])} in it`,
      "Names have neither spaces nor control characters",
    );
  }
  if (text.includes("://")) throw fail("it is a URL", "Leave out everything up to the ://");
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : digestIn(text.slice(at + 1), fail);
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(":");
  const tagged = colon > named.lastIndexOf("/") && !named.endsWith("]");
  const tag = tagged ? tagIn(named.slice(colon + 1), fail) : undefined;
  const { registry, repository } = split(tagged ? named.slice(0, colon) : named, fail);
  return {
    registry,
    repository,
    ...(tag === undefined ? (digest === undefined ? { tag: "latest" } : {}) : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The canonical text, which reads back as the same: `docker.io/library/busybox:latest`. */
export function formatReference(reference: Reference): string {
  const { registry, repository, tag, digest } = reference;
  const name = `${registry}/${repository}`;
  return `${name}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}

/** What a registry calls the one meant: the digest, or else the tag. */
export function identifierOf(reference: Reference): string {
  return reference.digest ?? reference.tag ?? "latest";
}

/**
 * Reads a registry's name, host and perhaps port, into the form that references have:
 * `index.docker.io` is `docker.io`. Throws `X_IMAGE_REFERENCE`.
 */
export function parseRegistry(text: string): string {
  return registryIn(text, failure(text));
}

type Fail = (what: string, hint: string) => ImageError;

function failure(text: string): Fail {
  const shown = JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
  return (what, hint) =>
    new ImageError("X_IMAGE_REFERENCE", `${shown} names no image: ${what}`, { hint });
}

function split(name: string, fail: Fail): { registry: string; repository: string } {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  if (!/[.:[\]]/.test(first) && first !== "localhost") {
    const repository = repositoryIn(name, fail);
    if (/^[0-9a-f]{64}$/.test(name)) {
      throw fail("it is the digits of a digest", `Write NAME@sha256:${name.slice(0, 12)}…`);
    }
    return { registry: defaultRegistry, repository: official(repository) };
  }
  const registry = registryIn(first, fail);
  const repository = repositoryIn(name.slice(slash + 1), fail);
  return { registry, repository: registry === defaultRegistry ? official(repository) : repository };
}

function official(repository: string): string {
  return repository.includes("/") ? repository : `library/${repository}`;
}

const label = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
const host = new RegExp(String.raw`^${label}(?:\.${label})*$`);

function registryIn(text: string, fail: Fail): string {
  const registry = text.toLowerCase();
  const [, name, port] = /^(\[[^\]]*\]|[^:]*)(?::([^:]*))?$/.exec(registry) ?? [];
  const shown = JSON.stringify(text);
  if (name === undefined) {
    throw fail(`${shown} is no host with a port`, "An IPv6 address stands in brackets: [::1]:5000");
  }
  if (
    port !== undefined &&
    (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
  ) {
    throw fail(`${JSON.stringify(port)} is no port`, "A port is a number from 1 to 65535");
  }
  const address = /^\[([0-9a-f:]+)\]$/.exec(name)?.[1];
  if (address === undefined ? !host.test(name) : !isIPv6(address)) {
    throw fail(
      `${JSON.stringify(name)} is no host`,
      "A host is a name, an IPv4 address, or an IPv6 address in brackets and without a zone",
    );
  }
  return registry === "index.docker.io" || registry === "registry-1.docker.io"
    ? defaultRegistry
    : registry;
}

function repositoryIn(text: string, fail: Fail): string {
  if (/[A-Z]/.test(text)) {
    throw fail(
      "there are capital letters in it",
      `Repository names are in lower case: ${text.toLowerCase()}`,
    );
  }
  if (text.length > 255) {
    throw fail(`its name has ${text.length} characters`, "A repository's name has at most 255");
  }
  for (const part of text.split("/")) {
    if (part === "") {
      throw fail("a part of its name is empty", "Parts are separated by single slashes");
    }
    if (/^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/.test(part)) continue;
    throw fail(
      `${JSON.stringify(part)} is no part of a name`,
      "Parts are of a-z and 0-9, with single dots, one or two underscores or any number of dashes between them",
    );
  }
  return text;
}

function tagIn(text: string, fail: Fail): string {
  if (/^\w[\w.-]{0,127}$/.test(text)) return text;
  throw fail(
    `${JSON.stringify(text.slice(0, 200))} is no tag`,
    "A tag has 1 to 128 letters, digits, _, . and -, and begins with neither . nor -",
  );
}

function digestIn(text: string, fail: Fail): Digest {
  if (isDigest(text)) return text;
  throw fail(
    `${JSON.stringify(text.slice(0, 200))} is no digest`,
    "A digest is sha256: and 64 of 0-9a-f, or sha512: and 128 of them",
  );
}
