import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BenchError } from "../bench-error.ts";
import type { Command, PullContestant } from "./contestants.ts";

const hook = join(import.meta.dirname, "..", "..", "..", "bin", "peak-memory.mjs");

/** The folder in which each pull gets an empty one, which stays until all are done. */
export function openPulls(folder: string): string {
  // All names are short: podman wants its run root to have 50 characters at most.
  const pulls = join(folder, "p");
  mkdirSync(pulls);
  // ext4 steps over inodes that were deleted in the last seconds, by whomever, one by one; in a
  // directory of this kind it looks for a new place for each that is made there.
  spawnSync("chattr", ["+T", pulls], { stdio: "ignore" });
  return pulls;
}

/** Pulls once, into an empty store; resolves with the milliseconds that took. */
export async function timePull(
  contestant: PullContestant,
  reference: string,
  pulls: string,
  signal: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const folder = mkdtempSync(`${pulls}/`);
  const { commands, env: own } = contestant.pull(reference, folder);
  try {
    const begin = performance.now();
    for (const command of commands) await run(command, { ...own, ...env }, signal);
    return performance.now() - begin;
  } finally {
    for (const mount of contestant.mounts?.(folder) ?? []) spawnSync("umount", ["--quiet", mount]);
  }
}

/** The memory that one of Node has at most while it pulls, in bytes: its peak resident set. */
export async function peakMemory(
  contestant: PullContestant,
  reference: string,
  pulls: string,
  signal: AbortSignal,
): Promise<number> {
  const file = join(pulls, "memory");
  const env = { NODE_OPTIONS: `--import=${pathToFileURL(hook).href}`, X_BENCH_MEMORY: file };
  await timePull(contestant, reference, pulls, signal, env);
  return Number(readFileSync(file, "utf8")) * 1024;
}

async function run(
  [program, ...args]: Command,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const child = spawn(program, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
  });
  const interrupt = (): void => void child.kill();
  signal.addEventListener("abort", interrupt, { once: true });
  const said: Buffer[] = [];
  child.stderr.on("data", (bytes: Buffer) => said.push(bytes));
  const [status] = (await once(child, "close")) as [number | null];
  signal.removeEventListener("abort", interrupt);
  signal.throwIfAborted();
  if (status === 0) return;
  throw new BenchError(`${program} failed: ${Buffer.concat(said).toString().trim()}`);
}
