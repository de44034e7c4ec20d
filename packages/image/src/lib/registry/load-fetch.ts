import { readFile } from "node:fs/promises";
import type { Dispatcher } from "undici";
import type { Environment } from "./auth-files.ts";
import { isLoopback } from "./endpoint.ts";

/** How to reach servers. */
export interface FetchOptions {
  /** Used instead of Node's own. The options below are then its business. */
  readonly fetch?: typeof fetch;
  /** Certificates of authorities to trust besides those Node trusts, in PEM. */
  readonly ca?: string | readonly string[];
  /** Goes on with any certificate. Whoever is on the way can then read and change everything. */
  readonly insecure?: boolean;
  /**
   * Whether to go through the proxies that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name. Left
   * out: where they do. Loopback is never reached through one.
   */
  readonly proxy?: boolean;
}

/** A way to reach servers, and what closes its connections. */
export interface LoadedFetch {
  readonly fetch: typeof fetch;
  close(): Promise<void>;
}

/**
 * Node's own `fetch` where that will do. Certificates and proxies need undici, which is loaded only
 * for them since that takes 80 ms.
 */
export async function loadFetch(options: FetchOptions, env: Environment): Promise<LoadedFetch> {
  const { ca, insecure = false, fetch: given, proxy = true } = options;
  if (given !== undefined) return { fetch: given, close: async () => {} };
  const proxied = proxy ? proxiesIn(env) : undefined;
  if (ca === undefined && !insecure && proxied === undefined) {
    return { fetch: globalThis.fetch, close: async () => {} };
  }
  const undici = await import("undici");
  const connect = {
    rejectUnauthorized: !insecure,
    ...(ca === undefined ? {} : { ca: [...(await trustedByNode()), ...[ca].flat()] }),
  };
  const direct = new undici.Agent({ connect });
  const far =
    proxied === undefined
      ? direct
      : new undici.EnvHttpProxyAgent({ ...proxied, connect, requestTls: connect });
  const reach = (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const target = new URL(url instanceof Request ? url.url : url);
    const dispatcher: Dispatcher = isLoopback(target.hostname) ? direct : far;
    // undici and Node describe the same functions by types of their own.
    const call = undici.fetch as unknown as (url: URL, init: object) => Promise<Response>;
    return call(target, { ...init, dispatcher });
  };
  return {
    fetch: reach,
    async close() {
      await Promise.all([direct.destroy(), far.destroy()]);
    },
  };
}

/** Naming certificates replaces all that Node trusts, so they are named as well. */
async function trustedByNode(): Promise<readonly string[]> {
  const tls = (await import("node:tls")) as typeof import("node:tls") & {
    // Since Node 22.15.
    readonly getCACertificates?: (type: "default") => string[];
  };
  if (tls.getCACertificates !== undefined) return tls.getCACertificates("default");
  const extra = process.env["NODE_EXTRA_CA_CERTS"];
  // Node warns of a file that it cannot read and goes on.
  const more = extra ? await readFile(extra, "utf8").catch(() => "") : "";
  return [...tls.rootCertificates, more];
}

function proxiesIn(
  env: Environment,
): { httpProxy?: string; httpsProxy?: string; noProxy?: string } | undefined {
  const value = (name: string): string | undefined => env[name.toLowerCase()] || env[name];
  const [http, https, no] = [value("HTTP_PROXY"), value("HTTPS_PROXY"), value("NO_PROXY")];
  if (http === undefined && https === undefined) return undefined;
  return {
    ...(http === undefined ? {} : { httpProxy: http }),
    ...(https === undefined ? {} : { httpsProxy: https }),
    ...(no === undefined ? {} : { noProxy: no }),
  };
}
