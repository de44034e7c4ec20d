import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { selfSigned, signedBy } from "./registry-certificates.ts";
import { htpasswd, registryConfig, user } from "./registry-config.ts";
import { startTokenServer, type TokenServer } from "./token-server.ts";

/** What kind of registry a test needs. */
export interface RegistryOptions {
  /** `none` unless given. */
  readonly auth?: "none" | "basic" | "token";
  /** With a certificate of an authority of its own. */
  readonly tls?: boolean;
  /** Where the images are kept; a temporary directory unless given. It is left in place. */
  readonly storage?: string;
  /** With `auth: "token"`: whether those without a name may pull. */
  readonly anonymousPull?: boolean;
  /** With `auth: "token"`: seconds until the client must ask for another; 300 unless given. */
  readonly expiresIn?: number;
}

/** A registry that runs on loopback, until it is disposed of. */
export interface TestRegistry extends AsyncDisposable {
  /** Host and port, as references have them: `127.0.0.1:40123`. */
  readonly host: string;
  readonly pid: number;
  /** Whom it knows, where it asks. */
  readonly user: { readonly username: string; readonly password: string };
  /** The certificate of the authority, in PEM, with `tls`. */
  readonly ca?: string;
  /** With `auth: "token"`. */
  readonly tokens?: TokenServer;
}

/** Why no registry can be started here; for the title of a test that is skipped. */
export const registryMissing: string | undefined = ["docker-registry", "openssl"]
  .filter((program) => !onPath(program))
  .map((program) => `${program} is not installed`)[0];

/** Starts Debian's `docker-registry` on a free port of 127.0.0.1 and waits until it listens. */
export async function startRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const stack: (() => Promise<unknown>)[] = [];
  const dispose = async (): Promise<void> => {
    for (let last = stack.pop(); last !== undefined; last = stack.pop()) await last();
  };
  try {
    const directory = await mkdtemp(join(tmpdir(), "x-registry-"));
    stack.push(async () => rm(directory, { recursive: true, force: true }));
    const authority = options.tls ? await selfSigned(directory, "ca") : undefined;
    const tls =
      authority === undefined ? undefined : await signedBy(authority, directory, "server");
    const tokens = options.auth === "token" ? await startTokens(directory, options) : undefined;
    if (tokens !== undefined) stack.push(async () => tokens.server[Symbol.asyncDispose]());
    if (options.auth === "basic") await writeFile(join(directory, "htpasswd"), htpasswd);
    const config = registryConfig({
      storage: options.storage ?? join(directory, "storage"),
      ...(tls === undefined ? {} : { tls }),
      ...(options.auth === "basic" ? { htpasswd: join(directory, "htpasswd") } : {}),
      ...(tokens === undefined
        ? {}
        : { token: { ...tokens.server, rootCertificate: tokens.certificate } }),
    });
    const file = join(directory, "config.yml");
    await writeFile(file, config);
    const child = spawn("docker-registry", ["serve", file], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { PATH: process.env["PATH"] },
    });
    const exited = once(child, "exit");
    stack.push(async () => {
      child.kill("SIGKILL");
      await exited;
    });
    const host = await listening(child);
    return {
      host,
      pid: child.pid!,
      user,
      ...(authority === undefined ? {} : { ca: await readFile(authority.certificate, "utf8") }),
      ...(tokens === undefined ? {} : { tokens: tokens.server }),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function startTokens(
  directory: string,
  { anonymousPull = false, expiresIn = 300 }: RegistryOptions,
): Promise<{ server: TokenServer; certificate: string }> {
  const signer = await selfSigned(directory, "tokens");
  const server = await startTokenServer({ user, signer, anonymousPull, expiresIn });
  return { server, certificate: signer.certificate };
}

/** The registry tells where it listens in its log, which has to be read on or it would stall. */
async function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const last: string[] = [];
    const reader = createInterface({ input: child.stderr! });
    reader.on("line", (line) => {
      last.splice(0, Math.max(0, last.length - 20));
      last.push(line);
      const address = /listening on ([\d.:]+\d)/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`docker-registry ended:\n${last.join("\n")}`)));
  });
}

/** Whether there is such a program. */
export function onPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
