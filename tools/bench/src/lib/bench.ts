import { join } from "node:path";
import { BenchError } from "./bench-error.ts";
import { checkPeers, contestantOf, tryPeer, type Contestant, type Peer } from "./contestant.ts";
import { ratiosOf, summaries, type Figures } from "./figures.ts";
import { interruptible } from "./interruptible.ts";
import { lookAtLauncher } from "./launcher.ts";
import { thisMachine } from "./machine.ts";
import { measure, type MeasureOptions } from "./measure.ts";
import { ours } from "./ours.ts";
import { peers } from "./peers.ts";
import { profile } from "./profile.ts";
import { publish } from "./publish.ts";
import { makeRootDirectory } from "./root-directory.ts";
import { table } from "./table.ts";
import { missedTargets } from "./targets.ts";

export interface BenchOptions {
  readonly rounds: number;
  readonly warmUp: number;
  /** Where the figures go; `.reports/bench.json` of the repository unless given. */
  readonly json?: string;
}

/** Traced launches for the profile. */
const TRACED = 50;

/**
 * Measures, prints a table, writes a JSON file, and returns how many targets were missed. All it
 * makes is in one temporary folder, which is removed, however it ends. Throws a BenchError.
 */
export async function bench({ rounds, warmUp, json }: BenchOptions): Promise<number> {
  if (process.getuid?.() !== 0) throw new BenchError("needs root: runc and unshare do, here");
  return interruptible(async (folder, signal) => {
    const figures = await figuresOf(folder, { rounds, warmUp, signal });
    const outcome = { figures, text: table(figures), missed: missedTargets(figures) };
    return publish(outcome, "bench", json);
  });
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
    machine: thisMachine(),
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
