import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { posix } from "node:path";
import { createCgroup, openCgroup, type Cgroup } from "@x/cgroups";

/** Processes that sleep, and the group they are in when they are in no other. */
export interface Home extends AsyncDisposable {
  readonly group: Cgroup;
  /** The group of this process, which all others are made in. */
  readonly parent: Cgroup;
  readonly pids: readonly number[];
  /** Moves them back. */
  take(pids: readonly number[]): void;
}

/** Starts so many processes. They are killed when it is disposed of, and all groups of this process deleted. */
export async function openHome(count: number): Promise<Home> {
  const group = await createCgroup({}, { name: "home" });
  const parent = openCgroup(posix.dirname(group.path), { own: true });
  const sleepers: ChildProcess[] = [];
  const end = async (): Promise<void> => {
    const ends = sleepers.map((one) => once(one, "exit"));
    for (const one of sleepers) one.kill("SIGKILL");
    await Promise.all(ends);
    // With it go the groups of a round that failed.
    await parent[Symbol.asyncDispose]();
    await group.delete();
  };
  try {
    for (let i = 0; i < count; i++) {
      const sleeper = spawn("sleep", ["infinity"], { stdio: "ignore" });
      await once(sleeper, "spawn");
      sleepers.push(sleeper);
      group.add(sleeper.pid!);
    }
  } catch (error) {
    await end();
    throw error;
  }
  return {
    group,
    parent,
    pids: sleepers.map(({ pid }) => pid!),
    take: (pids) => pids.forEach((pid) => group.add(pid)),
    [Symbol.asyncDispose]: end,
  };
}
