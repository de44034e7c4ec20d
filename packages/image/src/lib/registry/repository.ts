import { ImageError } from "../error.ts";
import {
  createClient,
  environmentOf,
  type RegistryClient,
  type RegistryOptions,
} from "./client.ts";
import { endpointOf, mirrorEndpoint, type Endpoint } from "./endpoint.ts";
import { loadFetch, type LoadedFetch } from "./load-fetch.ts";
import type { Reference } from "./reference.ts";

/** Everybody who may have a repository. */
export interface Repository {
  /** The mirrors in their order, and at the end the registry itself. */
  readonly clients: readonly RegistryClient[];
  /** Ends what is still open. */
  close(): Promise<void>;
}

/** Makes ready to ask about a repository; nothing is asked yet. Throws `X_IMAGE_INVALID`. */
export function openRepository(
  reference: Pick<Reference, "registry" | "repository">,
  options: RegistryOptions,
  mirrors: readonly string[] = [],
): Repository {
  const tls = options.ca !== undefined || options.insecure === true;
  const scheme = {
    tls,
    ...(options.plainHttp === undefined ? {} : { plainHttp: options.plainHttp }),
  };
  let loading: Promise<LoadedFetch> | undefined;
  const loaded = async (): Promise<LoadedFetch> => {
    loading ??= loadFetch(options, environmentOf(options));
    return loading;
  };
  const client = (endpoint: Endpoint, own: boolean): RegistryClient => {
    // Credentials that were given are for the registry that was named.
    const { credentials, ...others } = options;
    const forIt = own && credentials !== undefined ? { ...others, credentials } : others;
    return createClient(endpoint, forIt, loaded);
  };
  return {
    clients: [
      ...mirrors.map((mirror) =>
        client(mirrorEndpoint(mirror, reference.repository, scheme), false),
      ),
      client(endpointOf(reference, scheme), true),
    ],
    async close() {
      await (await loading)?.close();
    },
  };
}

/**
 * Asks one after the other until one gives an answer. What the last one says counts; that a mirror
 * is down or does not have it is nobody's business.
 */
export async function firstOf<T>(
  clients: readonly RegistryClient[],
  ask: (client: RegistryClient) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (const client of clients.slice(0, -1)) {
    try {
      return await ask(client);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof ImageError)) throw error;
    }
  }
  return ask(clients.at(-1)!);
}
