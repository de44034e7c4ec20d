import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, readFileSync, watch } from "node:fs";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
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
    const log = join(directory, "log");
    const logged = await open(log, "a");
    const child = spawn("docker-registry", ["serve", file], {
      stdio: ["ignore", "ignore", logged.fd],
      env: { PATH: process.env["PATH"] },
    });
    await logged.close();
    const exited = once(child, "exit");
    stack.push(async () => {
      child.kill("SIGKILL");
      await exited;
    });
    const host = await listening(child, log);
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

/**
 * The registry tells where it listens in its log. That is a file: a pipe that nobody reads, as while
 * a test waits for another program, would stall it.
 */
async function listening(child: ChildProcess, log: string): Promise<string> {
  const watcher = watch(log);
  try {
    return await new Promise((resolve, reject) => {
      const look = (): void => {
        const address = /listening on ([\d.:]+\d)/.exec(readFileSync(log, "utf8"))?.[1];
        if (address !== undefined) resolve(address);
      };
      watcher.on("change", look);
      child.once("error", reject);
      child.once("exit", () => {
        reject(new Error(`docker-registry ended:\n${readFileSync(log, "utf8").slice(-4000)}`));
      });
      look();
    });
  } finally {
    watcher.close();
  }
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
