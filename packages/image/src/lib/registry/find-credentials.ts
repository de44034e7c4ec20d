import { ImageError } from "../error.ts";
import { authPlaces, readAuthFile, type Environment } from "./auth-files.ts";
import { getFromHelper } from "./credential-helper.ts";
import { authKey, authKeys, entryIn, helperIn, type Credentials } from "./credentials.ts";
import type { Reference } from "./reference.ts";

/** Where to look for credentials. */
export interface CredentialOptions {
  /** Used instead of any that are stored. */
  readonly credentials?: Credentials;
  /** The one file to look into, instead of docker's and podman's. */
  readonly authFile?: string;
  /** The process's own unless given. */
  readonly env?: Environment;
}

/** What was found, and in words where it was looked for. */
export interface FoundCredentials {
  readonly credentials?: Credentials;
  /** `/root/.docker/config.json (no such file)`, in the order of looking. */
  readonly looked: readonly string[];
}

/**
 * Looks for credentials: those given, then `$REGISTRY_AUTH_FILE`, docker's `config.json`
 * (`$DOCKER_CONFIG` or `~/.docker`) and podman's `auth.json`, with the helpers that they name.
 * Throws `X_IMAGE_UNAUTHORIZED` for a helper that fails and `X_IMAGE_INVALID` for a broken file.
 */
export async function findCredentials(
  reference: Pick<Reference, "registry" | "repository">,
  options: CredentialOptions = {},
  signal?: AbortSignal,
): Promise<FoundCredentials> {
  const { credentials, authFile, env = process.env } = options;
  if (credentials !== undefined) return { credentials, looked: ["the options"] };
  const looked: string[] = [];
  const attempt = async <T>(look: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await look();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof ImageError)) throw error;
      looked.push(withoutHint(error));
      return undefined;
    }
  };
  for (const { path, called } of authPlaces(env, authFile)) {
    const shown = called === "" ? path : `${path} (${called})`;
    const before = looked.length;
    const file = await attempt(async () => readAuthFile(path));
    if (file === undefined) {
      if (looked.length === before) looked.push(`${shown}: no such file`);
      continue;
    }
    const name = helperIn(file, reference.registry);
    if (name !== undefined) {
      looked.push(`docker-credential-${name} (named in ${shown})`);
      const call = { name, env, ...(signal === undefined ? {} : { signal }) };
      const server = authKey(reference.registry);
      const found = await attempt(async () => getFromHelper(call, server));
      if (found !== undefined) return { credentials: found, looked };
    }
    const entry = entryIn(file, authKeys(reference));
    looked.push(`${shown}: ${entry === undefined ? "none for this registry" : "some"}`);
    if (entry !== undefined) return { credentials: entry, looked };
  }
  return { looked };
}

function withoutHint({ message, hint }: ImageError): string {
  return hint === undefined ? message : message.slice(0, -`. ${hint}`.length);
}
