import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, release, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { BenchError } from "./bench-error.ts";
import { checkPeers, contestantOf, tryPeer, type Contestant, type Peer } from "./contestant.ts";
import { ratiosOf, summaries, type Figures } from "./figures.ts";
import { lookAtLauncher } from "./launcher.ts";
import { measure, type MeasureOptions } from "./measure.ts";
import { ours } from "./ours.ts";
import { peers } from "./peers.ts";
import { profile } from "./profile.ts";
import { makeRootDirectory } from "./root-directory.ts";
import { table } from "./table.ts";
import { missedTargets } from "./targets.ts";

export interface BenchOptions {
  readonly rounds: number;
  readonly warmUp: number;
  /** Where the figures go; `.reports/bench.json` of the repository unless given. */
  readonly json?: string;
}

const repository = join(import.meta.dirname, "..", "..", "..", "..");
const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Traced launches for the profile. */
const TRACED = 50;

/**
 * Measures, prints a table, writes a JSON file, and returns how many targets were missed. All it
 * makes is in one temporary folder, which is removed, however it ends. Throws a BenchError.
 */
export async function bench({ rounds, warmUp, json }: BenchOptions): Promise<number> {
  if (process.getuid?.() !== 0) throw new BenchError("needs root: runc and unshare do, here");
  const file = json ?? join(repository, ".reports", "bench.json");
  const interrupted = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => {
    interrupted.abort(new BenchError(`ended by ${signal}`));
  };
  endings.forEach((name) => process.once(name, interrupt));
  const folder = mkdtempSync(join(tmpdir(), "x-bench-"));
  try {
    const figures = await figuresOf(folder, { rounds, warmUp, signal: interrupted.signal });
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
    process.stdout.write(`${table(figures)}\n`);
    const missed = missedTargets(figures);
    for (const sentence of missed) process.stdout.write(`${sentence}\n`);
    if (missed.length === 0) process.stdout.write("All targets reached.\n");
    process.stdout.write(`The figures are in ${resolve(file)}.\n`);
    return missed.length;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    endings.forEach((name) => process.off(name, interrupt));
  }
}

async function figuresOf(folder: string, options: MeasureOptions): Promise<Figures> {
  const root = join(folder, "root");
  makeRootDirectory(root);
  const others = peers(root, folder);
  checkPeers(others);
  const [same, another] = ours(root);
  const times = await timesOf([same, another], others, options);
  const milliseconds = summaries(times);
  return {
    machine: {
      kernel: release(),
      node: process.version,
      cpus: availableParallelism(),
      load: loadavg()[0]!,
    },
    rounds: options.rounds,
    warmUp: options.warmUp,
    milliseconds,
    ratios: ratiosOf(milliseconds, same.name),
    launcher: await lookAtLauncher(root),
    profile: await profile(root, Math.min(TRACED, options.rounds)),
  };
}

async function timesOf(
  own: readonly Contestant[],
  others: readonly Peer[],
  options: MeasureOptions,
): Promise<Map<string, number[]>> {
  try {
    for (const peer of others) await tryPeer(peer);
    return await measure([...own, ...others.map(contestantOf)], options);
  } finally {
    for (const { clean } of others) clean?.();
  }
}
