import { createCgroup, type Cgroup } from "@x/cgroups";
import { limits } from "./limits.ts";

/** What it costs to look at many groups again and again. */
export interface Watching {
  readonly groups: number;
  /** Rounds that were done, each over all groups. */
  readonly rounds: number;
  readonly seconds: number;
  /** CPU time of this process and of the kernel on its behalf, in parts of one CPU's time. */
  readonly share: number;
  /** CPU time for one `stat()`, in microseconds. */
  readonly microseconds: number;
}

const PERIOD = 100;

/**
 * Asks every group for its memory and CPU time, ten times a second, after a second of the same that
 * does not count. With a processor that is too slow for that there are fewer rounds.
 */
export async function watching(
  pids: readonly number[],
  seconds: number,
  signal: AbortSignal,
): Promise<Watching> {
  const groups: Cgroup[] = [];
  try {
    for (const pid of pids) {
      const group = await createCgroup(limits);
      groups.push(group);
      group.add(pid);
    }
    await roundsFor(Math.min(1, seconds), groups, signal);
    const begin = performance.now();
    const before = process.cpuUsage();
    const rounds = await roundsFor(seconds, groups, signal);
    const { user, system } = process.cpuUsage(before);
    const passed = performance.now() - begin;
    return {
      groups: groups.length,
      rounds,
      seconds: passed / 1000,
      share: (user + system) / 1000 / passed,
      microseconds: (user + system) / rounds / groups.length,
    };
  } finally {
    for (const group of groups) group.close();
  }
}

async function roundsFor(
  seconds: number,
  groups: readonly Cgroup[],
  signal: AbortSignal,
): Promise<number> {
  const begin = performance.now();
  for (let round = 1; ; round++) {
    signal.throwIfAborted();
    for (const group of groups) group.stat(["memory", "cpu"]);
    const passed = performance.now() - begin;
    if (passed + PERIOD > seconds * 1000) {
      await until(begin + seconds * 1000);
      return round;
    }
    await until(begin + Math.max(round, Math.ceil(passed / PERIOD)) * PERIOD);
  }
}

function until(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, time - performance.now())));
}
