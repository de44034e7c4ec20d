import { ImageError } from "../error.ts";
import { authPlaces, editAuthFile, readAuthFile } from "./auth-files.ts";
import { environmentOf, type RegistryOptions } from "./client.ts";
import { eraseWithHelper, storeWithHelper, type HelperCall } from "./credential-helper.ts";
import { authKey, entryOf, helperIn, normalKey } from "./credentials.ts";
import { parseRegistry } from "./reference.ts";
import { openRepository } from "./repository.ts";

/** How to log in or out. */
export type LoginOptions = Omit<RegistryOptions, "credentials"> & { readonly signal?: AbortSignal };

/** Where credentials are kept: a file, or the helper that the file names. */
export interface CredentialPlace {
  readonly path: string;
  /** `docker-credential-NAME`. */
  readonly helper?: string;
}

/**
 * Asks a registry whether it knows the name and password, and keeps them if so: with the helper
 * that docker's `config.json` names, or else in that file (`authFile`, `$REGISTRY_AUTH_FILE`,
 * `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`). Resolves with where.
 *
 * Throws `X_IMAGE_UNAUTHORIZED` where it does not know them, and what is thrown of registries.
 */
export async function login(
  registry: string,
  credentials: { readonly username: string; readonly password: string },
  options: LoginOptions = {},
): Promise<CredentialPlace> {
  const named = parseRegistry(registry);
  const { username, password } = credentials;
  if (username === "" || username.includes(":")) {
    throw new ImageError("X_IMAGE_INVALID", "is empty or has a colon in it", { field: "username" });
  }
  await verify(named, { ...options, credentials });
  const { path, call } = await placeFor(named, options);
  const key = authKey(named);
  if (call !== undefined) {
    await storeWithHelper(call, key, credentials);
    return { path, helper: `docker-credential-${call.name}` };
  }
  await editAuthFile(path, (auths) => {
    forget(auths, named);
    auths[key] = entryOf(username, password);
  });
  return { path };
}

/**
 * Forgets the credentials for a registry, in the same place. Resolves with whether the file had
 * any; a helper does not tell.
 */
export async function logout(registry: string, options: LoginOptions = {}): Promise<boolean> {
  const named = parseRegistry(registry);
  const { path, call } = await placeFor(named, options);
  if (call !== undefined) await eraseWithHelper(call, authKey(named));
  const file = await readAuthFile(path);
  const had = Object.keys(file?.auths ?? {}).some((key) => normalKey(key) === named);
  if (had) await editAuthFile(path, (auths) => forget(auths, named));
  return had || call !== undefined;
}

async function verify(registry: string, options: RegistryOptions & LoginOptions): Promise<void> {
  const { own, close } = openRepository({ registry, repository: "" }, options);
  try {
    const doing = `log in to ${registry}`;
    const { signal } = options;
    const answer = await own.ask({
      method: "GET",
      at: "",
      doing,
      scopes: [],
      expect: [200],
      signal,
    });
    await answer.discard();
  } finally {
    await close();
  }
}

async function placeFor(
  registry: string,
  options: LoginOptions,
): Promise<{ path: string; call?: HelperCall }> {
  const env = environmentOf(options);
  const { path } = authPlaces(env, options.authFile)[0]!;
  const name = helperIn((await readAuthFile(path)) ?? {}, registry);
  if (name === undefined) return { path };
  const { signal } = options;
  return { path, call: { name, env, ...(signal === undefined ? {} : { signal }) } };
}

/** The same registry may be there under a name of old. */
function forget(auths: Record<string, unknown>, registry: string): void {
  for (const key of Object.keys(auths)) if (normalKey(key) === registry) delete auths[key];
}
