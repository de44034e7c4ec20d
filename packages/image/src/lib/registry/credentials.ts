import * as v from "valibot";
import { defaultRegistry, parseRegistry, type Reference } from "./reference.ts";

/** Who somebody is at a registry: by password, or by a token that stands for it. */
export type Credentials =
  | { readonly username: string; readonly password: string }
  | { readonly identityToken: string };

/** What docker's `config.json` and podman's `auth.json` say about registries. */
export interface AuthFile {
  readonly auths?: Readonly<Record<string, AuthEntry>> | undefined;
  readonly credHelpers?: Readonly<Record<string, string>> | undefined;
  readonly credsStore?: string | undefined;
}

/** What such a file has for one registry. */
export interface AuthEntry {
  /** `name:password` in base64. */
  readonly auth?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly identitytoken?: string | undefined;
}

const text = v.optional(v.string());
const schema: v.GenericSchema<unknown, AuthFile> = v.object({
  auths: v.optional(
    v.record(
      v.string(),
      v.object({ auth: text, username: text, password: text, identitytoken: text }),
    ),
  ),
  credHelpers: v.optional(v.record(v.string(), v.string())),
  credsStore: text,
});

/** The content of such a file, or undefined for what is none. */
export function parseAuthFile(content: string): AuthFile | undefined {
  try {
    const json: unknown = JSON.parse(content);
    const parsed = v.safeParse(schema, json);
    return !Array.isArray(json) && parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** Docker keeps what belongs to docker.io under this name. */
const dockerHubKey = "https://index.docker.io/v1/";

/** Under which name credentials for a registry are kept, and helpers asked for them. */
export function authKey(registry: string): string {
  return registry === defaultRegistry ? dockerHubKey : registry;
}

/**
 * Under which names credentials for a repository may be kept, the closest first:
 * `quay.io/a/b`, `quay.io/a`, `quay.io`. The longer ones are podman's custom.
 */
export function authKeys({
  registry,
  repository,
}: Pick<Reference, "registry" | "repository">): string[] {
  const parts = repository === "" ? [] : repository.split("/");
  const closer = parts.map((_, at) => `${registry}/${parts.slice(0, parts.length - at).join("/")}`);
  return [...closer, registry];
}

/** What a file has for the first of these names that it has anything for. */
export function entryIn(file: AuthFile, keys: readonly string[]): Credentials | undefined {
  const entries = Object.entries(file.auths ?? {});
  for (const key of keys) {
    for (const [name, entry] of entries) {
      if (normalKey(name) !== key) continue;
      const found = credentialsOf(entry);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Which helper a file names for a registry, if it names one. */
export function helperIn(file: AuthFile, registry: string): string | undefined {
  const named = Object.entries(file.credHelpers ?? {}).find(([key]) => normalKey(key) === registry);
  const helper = named?.[1] ?? file.credsStore;
  return helper === "" ? undefined : helper;
}

/** A name in such a file as references have it: `https://index.docker.io/v1/` is `docker.io`. */
export function normalKey(key: string): string {
  const bare = key
    .replace(/^https?:\/\//, "")
    .replace(/\/+$/, "")
    .replace(/\/v[12]$/, "");
  const slash = bare.indexOf("/");
  try {
    const registry = parseRegistry(slash < 0 ? bare : bare.slice(0, slash));
    // With a scheme it is a URL of old, of which only the host counts.
    return slash < 0 || bare.length !== key.replace(/\/+$/, "").length
      ? registry
      : `${registry}${bare.slice(slash)}`;
  } catch {
    return key;
  }
}

/** The entry that stands for a name and a password. */
export function entryOf(username: string, password: string): AuthEntry {
  return { auth: Buffer.from(`${username}:${password}`).toString("base64") };
}

function credentialsOf(entry: AuthEntry): Credentials | undefined {
  if (entry.identitytoken) return { identityToken: entry.identitytoken };
  if (entry.username && entry.password) {
    return { username: entry.username, password: entry.password };
  }
  // Docker writes zero bytes behind the password at times.
  const plain = Buffer.from(entry.auth ?? "", "base64")
    .toString("utf8")
    .replace(/\0+$/, "");
  const colon = plain.indexOf(":");
  if (colon <= 0) return undefined;
  return { username: plain.slice(0, colon), password: plain.slice(colon + 1) };
}
