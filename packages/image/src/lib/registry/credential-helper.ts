import { spawn } from "node:child_process";
import { once } from "node:events";
import * as v from "valibot";
import { ImageError } from "../error.ts";
import { clean } from "./answer-text.ts";
import type { Environment } from "./auth-files.ts";
import type { Credentials } from "./credentials.ts";

/** What to ask a helper, and how. */
export interface HelperCall {
  /** `pass` for the program `docker-credential-pass`. */
  readonly name: string;
  readonly env: Environment;
  readonly signal?: AbortSignal;
}

const answer = v.object({ Username: v.string(), Secret: v.string() });
const answerLimit = 1024 * 1024;

/**
 * Asks a credential helper for what it has for a server; undefined where it has nothing. Throws
 * `X_IMAGE_UNAUTHORIZED` where it is missing or fails; what it printed is shown, no secret is.
 *
 * Source: https://github.com/docker/docker-credential-helpers
 */
export async function getFromHelper(
  call: HelperCall,
  server: string,
): Promise<Credentials | undefined> {
  const { code, output } = await run(call, "get", server);
  if (code !== 0) {
    if (/credentials not found/i.test(output)) return undefined;
    throw failed(call, `says: ${clean(output)}`);
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), answer), output);
  if (!parsed.success) throw failed(call, "gave an answer that is not the one of a helper");
  const { Username, Secret } = parsed.output;
  if (Secret === "") return undefined;
  return Username === "<token>"
    ? { identityToken: Secret }
    : { username: Username, password: Secret };
}

/** Gives a helper a name and a password to keep. Throws `X_IMAGE_UNAUTHORIZED` where it fails. */
export async function storeWithHelper(
  call: HelperCall,
  server: string,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<void> {
  const record = { ServerURL: server, Username: username, Secret: password };
  const { code, output } = await run(call, "store", JSON.stringify(record));
  if (code !== 0) throw failed(call, `says: ${clean(output)}`);
}

/** Has a helper forget what it has for a server; nothing to forget is fine. */
export async function eraseWithHelper(call: HelperCall, server: string): Promise<void> {
  const { code, output } = await run(call, "erase", server);
  if (code !== 0 && !/credentials not found/i.test(output)) {
    throw failed(call, `says: ${clean(output)}`);
  }
}

async function run(
  call: HelperCall,
  verb: "get" | "store" | "erase",
  input: string,
): Promise<{ code: number | null; output: string }> {
  const { name, env, signal } = call;
  if (!/^\w[\w.-]*$/.test(name)) throw failed(call, "is not the name of one");
  const child = spawn(`docker-credential-${name}`, [verb], {
    stdio: ["pipe", "pipe", "ignore"],
    env: { ...env },
    ...(signal === undefined ? {} : { signal }),
  });
  const ended = once(child, "close");
  ended.catch(() => {});
  const chunks: Uint8Array[] = [];
  let size = 0;
  child.stdout.on("data", (chunk: Uint8Array) => {
    size += chunk.length;
    if (size <= answerLimit) chunks.push(chunk);
    else child.kill("SIGKILL");
  });
  // A helper that ends without reading is judged by how it ends.
  child.stdin.on("error", () => {});
  child.stdin.end(`${input}\n`);
  try {
    const [code] = (await ended) as [number | null];
    return { code, output: Buffer.concat(chunks).toString("utf8") };
  } catch (error) {
    signal?.throwIfAborted();
    throw failed(call, `could not be run (${(error as NodeJS.ErrnoException).code})`, error);
  }
}

function failed({ name }: HelperCall, what: string, cause?: unknown): ImageError {
  const shown = clean(`docker-credential-${name}`);
  return new ImageError("X_IMAGE_UNAUTHORIZED", `the credential helper ${shown} ${what}`, {
    hint: "Install it, or take it out of credHelpers and credsStore in docker's config.json",
    ...(cause === undefined ? {} : { cause }),
  });
}
