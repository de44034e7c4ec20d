import { ImageError } from "../error.ts";
import {
  createClient,
  environmentOf,
  type RegistryClient,
  type RegistryOptions,
} from "./client.ts";
import { endpointOf, mirrorEndpoint } from "./endpoint.ts";
import { loadFetch, type LoadedFetch } from "./load-fetch.ts";
import type { Reference } from "./reference.ts";

/** Everybody who may have a repository. */
export interface Repository {
  /** The registry itself. */
  readonly own: RegistryClient;
  /**
   * Asks the mirrors in their order and then the registry, until one gives an answer. What the
   * registry says counts: that a mirror does not have something is nobody's business, and one
   * that does not work is not asked again.
   */
  first<T>(ask: (client: RegistryClient) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Ends what is still open. */
  close(): Promise<void>;
}

/** Makes ready to ask about a repository; nothing is asked yet. Throws `X_IMAGE_INVALID`. */
export function openRepository(
  reference: Pick<Reference, "registry" | "repository">,
  options: RegistryOptions,
  mirrors: readonly string[] = [],
): Repository {
  const { plainHttp, ca, insecure = false } = options;
  const asked = plainHttp === undefined ? {} : { plainHttp };
  const scheme = { tls: ca !== undefined || insecure, ...asked };
  const ending = new AbortController();
  let loading: Promise<LoadedFetch> | undefined;
  const parts = {
    closing: ending.signal,
    loaded: async (): Promise<LoadedFetch> => {
      loading ??= loadFetch(options, environmentOf(options));
      return loading;
    },
  };
  const own = createClient(endpointOf(reference, scheme), options, parts);
  // Credentials that were given are for the registry that was named, and patience too.
  const { credentials: _, ...others } = options;
  const working = new Set(
    mirrors.map((mirror) => {
      const endpoint = mirrorEndpoint(mirror, reference.repository, scheme);
      return createClient(endpoint, { ...others, retries: 0 }, parts);
    }),
  );
  return {
    own,
    async first(ask, signal) {
      for (const mirror of working) {
        try {
          return await ask(mirror);
        } catch (error) {
          signal?.throwIfAborted();
          if (!(error instanceof ImageError)) throw error;
          if (error.code !== "X_IMAGE_NOT_FOUND") working.delete(mirror);
        }
      }
      return ask(own);
    },
    async close() {
      ending.abort();
      await (await loading)?.close();
    },
  };
}
