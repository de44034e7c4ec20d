import { BenchError } from "../bench-error.ts";
import { interruptible } from "../interruptible.ts";
import { thisMachine } from "../machine.ts";
import { shuffled } from "../measure.ts";
import { publish } from "../publish.ts";
import type { Contestant, Times } from "./contestant.ts";
import { medians, ratios, type GroupFigures } from "./figures.ts";
import { openHome } from "./home.ts";
import { importing } from "./importing.ts";
import { build, peers } from "./libraries.ts";
import { ours, OURS } from "./ours.ts";
import { plain } from "./plain.ts";
import { learn } from "./recipe.ts";
import { groupTable } from "./table.ts";
import { missedGroupTargets } from "./targets.ts";
import { watching } from "./watching.ts";

export interface GroupBenchOptions {
  readonly groups: number;
  readonly rounds: number;
  /** Rounds before those that count. */
  readonly warmUp: number;
  /** How long groups are watched. */
  readonly seconds: number;
  /** Where the figures go; `.reports/bench-cgroups.json` of the repository unless given. */
  readonly json?: string;
}

/** Processes that only import the package. */
const IMPORTS = 15;

/**
 * Measures what control groups cost, prints a table, writes a JSON file, and returns how many
 * targets were missed. Its processes and groups are gone when it ends. Throws a BenchError.
 */
export async function benchGroups({ json, ...options }: GroupBenchOptions): Promise<number> {
  if (process.getuid?.() !== 0) throw new BenchError("needs root: groups are made at the top");
  return interruptible(async (folder, signal) => {
    const figures = await figuresOf(folder, signal, options);
    const outcome = { figures, text: groupTable(figures), missed: missedGroupTargets(figures) };
    return publish(outcome, "bench-cgroups", json);
  });
}

async function figuresOf(
  folder: string,
  signal: AbortSignal,
  { groups, rounds, warmUp, seconds }: Omit<GroupBenchOptions, "json">,
): Promise<GroupFigures> {
  const imports = importing(IMPORTS);
  const built = build(folder);
  await using home = await openHome(groups);
  const recipe = await learn(home);
  const others = "program" in built ? peers(built.program, home) : [];
  const contestants = [ours(home), plain(recipe, home), ...others];
  const times = new Map(contestants.map(({ name }) => [name, [] as Times[]]));
  for (let round = -warmUp; round < rounds; round++) {
    for (const { name, time } of await inTurns(contestants, home.pids, signal)) {
      if (round >= 0) times.get(name)!.push(time);
    }
  }
  const microseconds = Object.fromEntries(
    [...times].map(([name, list]) => [name, medians(list)] as const),
  );
  return {
    machine: thisMachine(),
    groups,
    rounds,
    each: {
      directories: recipe.parents.length,
      writes: recipe.writes.length,
      filesRead: recipe.reads.length,
    },
    microseconds,
    ratios: ratios(microseconds, OURS),
    missing: "missing" in built ? [built.missing] : [],
    watching: await watching(home.pids, seconds, signal),
    importing: imports,
  };
}

/** Each once; in another order every time, since a round leaves the kernel something to clean up. */
async function inTurns(
  contestants: readonly Contestant[],
  pids: readonly number[],
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly time: Times }[]> {
  const results = [];
  for (const { name, round } of shuffled(contestants)) {
    signal.throwIfAborted();
    results.push({ name, time: await round(pids) });
  }
  return results;
}
