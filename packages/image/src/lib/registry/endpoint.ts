import { isIPv4 } from "node:net";
import { ImageError } from "../error.ts";
import { defaultRegistry, parseReference, parseRegistry, type Reference } from "./reference.ts";

/** Where one repository is served. */
export interface Endpoint {
  /** The registry as references name it, for which credentials are looked up. */
  readonly registry: string;
  /** As the registry that serves it calls it. */
  readonly repository: string;
  /** `https://registry-1.docker.io/v2/`. */
  readonly base: URL;
}

/** Whether to speak TLS. */
export interface SchemeOptions {
  /**
   * `true` speaks plain http, `false` never does. Left out, only loopback is spoken to in plain
   * http, and not even that where a certificate was given.
   */
  readonly plainHttp?: boolean;
  /** Somebody has said how certificates are to be checked, so there is one. */
  readonly tls?: boolean;
}

/** Where the registry's own API is. `docker.io` is served by `registry-1.docker.io`. */
export function endpointOf(
  { registry, repository }: Pick<Reference, "registry" | "repository">,
  options: SchemeOptions = {},
): Endpoint {
  const host = registry === defaultRegistry ? "registry-1.docker.io" : registry;
  const { tls = false, plainHttp = !tls && isLoopback(hostName(registry)) } = options;
  return { registry, repository, base: new URL(`${plainHttp ? "http" : "https"}://${host}/v2/`) };
}

/**
 * A mirror that has the same repository: `mirror.example:5000`, or with a prefix
 * `example.com/docker-hub`, or with a scheme `http://10.0.0.1:5000`. Throws `X_IMAGE_INVALID`.
 */
export function mirrorEndpoint(
  mirror: string,
  repository: string,
  options: SchemeOptions = {},
): Endpoint {
  const [, scheme, rest = ""] = /^(?:(https?):\/\/)?(.*?)\/?$/s.exec(mirror) ?? [];
  const slash = rest.indexOf("/");
  try {
    const registry = parseRegistry(slash < 0 ? rest : rest.slice(0, slash));
    const path = slash < 0 ? repository : `${rest.slice(slash + 1)}/${repository}`;
    const named = parseReference(`${registry}/${path}`);
    const asked = scheme === undefined ? options : { plainHttp: scheme === "http" };
    return endpointOf({ registry, repository: named.repository }, asked);
  } catch (error) {
    throw new ImageError("X_IMAGE_INVALID", `${JSON.stringify(mirror)} is no mirror`, {
      field: "mirrors",
      hint: "A mirror is a host, perhaps with a port, perhaps with the beginning of a name",
      cause: error,
    });
  }
}

/** The host without its port: `[::1]:5000` is `[::1]`. */
function hostName(registry: string): string {
  return /^(\[[^\]]*\]|[^:]*)/.exec(registry)![0];
}

/** Whether a host, as a URL has it, is this machine whatever a name server says. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || (isIPv4(host) && host.startsWith("127."));
}
