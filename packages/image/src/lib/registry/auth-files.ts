import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, realpath, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { ImageError } from "../error.ts";
import { parseAuthFile, type AuthFile } from "./credentials.ts";

/** The variables of an environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A file in which credentials may be, and why it is looked at. */
export interface AuthPlace {
  readonly path: string;
  /** As people know it: `$REGISTRY_AUTH_FILE`; empty where the path says it all. */
  readonly called: string;
}

/** Where credentials are looked for, in this order; `authFile` alone where it is given. */
export function authPlaces(env: Environment, authFile?: string): AuthPlace[] {
  if (authFile !== undefined) return [{ path: authFile, called: "" }];
  const places: AuthPlace[] = [];
  const add = (folder: string | undefined, called: string, ...rest: string[]): void => {
    if (folder) places.push({ path: join(folder, ...rest), called });
  };
  const home = env["HOME"] || homedir();
  add(env["REGISTRY_AUTH_FILE"], "$REGISTRY_AUTH_FILE");
  if (env["DOCKER_CONFIG"]) add(env["DOCKER_CONFIG"], "$DOCKER_CONFIG", "config.json");
  else add(home, "", ".docker", "config.json");
  add(env["XDG_RUNTIME_DIR"], "", "containers", "auth.json");
  add(env["XDG_CONFIG_HOME"] || join(home, ".config"), "", "containers", "auth.json");
  return places;
}

/** What is in such a file; undefined where there is none. Throws `X_IMAGE_INVALID`. */
export async function readAuthFile(path: string): Promise<AuthFile | undefined> {
  const content = await readOrNothing(path);
  if (content === undefined || content.trim() === "") return undefined;
  const file = parseAuthFile(content);
  if (file !== undefined) return file;
  throw new ImageError("X_IMAGE_INVALID", "is not what docker or podman write there", {
    field: path,
    hint: "It is a JSON object with auths, credHelpers or credsStore; log in again, or mend it",
  });
}

/**
 * Changes what is in such a file and leaves everything else in it as it is. The file is replaced
 * in one step and only its owner may read it. Throws `X_IMAGE_INVALID`, or Node's own error.
 */
export async function editAuthFile(
  path: string,
  edit: (auths: Record<string, unknown>) => void,
): Promise<void> {
  await readAuthFile(path);
  const content = await readOrNothing(path);
  const whole = JSON.parse(content?.trim() || "{}") as Record<string, unknown>;
  const auths = { ...(whole["auths"] as Record<string, unknown> | undefined) };
  edit(auths);
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // A link that somebody keeps their configuration behind stays one.
  const target = content === undefined ? path : await realpath(path);
  const fresh = join(dirname(target), `.${randomUUID()}`);
  try {
    const file = await open(fresh, "wx", 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ ...whole, auths }, undefined, "\t")}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

async function readOrNothing(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new ImageError("X_IMAGE_INVALID", `cannot be read (${code})`, {
      field: path,
      cause: error,
    });
  }
}
