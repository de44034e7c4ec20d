import { existsSync } from "node:fs";
import { CgroupError } from "../error.ts";
import type { GroupDirectory } from "../hierarchy/hierarchy.ts";
import { deepestFirst } from "../tree/directory.ts";
import { errnoOf } from "./kernel-error.ts";
import { setFrozen } from "./freeze.ts";
import { processesIn } from "./members.ts";
import { untilEmpty, type WaitOptions } from "./until-empty.ts";
import { writeFile } from "./write-file.ts";

/**
 * Kills every process of the group and below, and waits until none is left. `cgroup.kill` (v2,
 * Linux 5.14) does it in one stroke that no fork escapes. Elsewhere the group is frozen first, so
 * that nothing forks and no number changes hands, and again until none is left.
 *
 * @throws CgroupError `X_CGROUP_BUSY` when one does not die in time; `X_CGROUP_INVALID` when this
 *   process is among them
 */
export async function killGroup(
  directories: readonly GroupDirectory[],
  options: WaitOptions = {},
): Promise<void> {
  const { timeoutMs = 5000 } = options;
  refuseOurselves(directories);
  const deadline = performance.now() + timeoutMs;
  const unified = directories.find(({ hierarchy }) => hierarchy.version === 2);
  for (let round = 0; ; round++) {
    const kills = unified !== undefined && existsSync(`${unified.path}/cgroup.kill`);
    if (kills) killAtOnce(unified.path);
    // What was moved out of the v2 tree, or has no such file, is killed one by one.
    if (!kills || round > 0) await killOneByOne(directories, options);
    const rest = deadline - performance.now();
    const wait = Math.max(1, Math.min(rest, kills && round === 0 ? rest : 20));
    await untilEmpty(directories, { ...options, timeoutMs: wait });
    const left = membersOf(directories);
    if (left.length === 0) return;
    if (rest <= 0) {
      throw new CgroupError(
        "X_CGROUP_BUSY",
        `processes ${left.slice(0, 5).join(", ")} did not die of SIGKILL within ${timeoutMs} ms`,
        { hint: "They are in the kernel and cannot be interrupted (state D in ps)" },
      );
    }
  }
}

function killAtOnce(path: string): void {
  try {
    writeFile(`${path}/cgroup.kill`, "1");
  } catch (error) {
    if (!(error instanceof CgroupError && error.code === "X_CGROUP_GONE")) throw error;
  }
}

async function killOneByOne(
  directories: readonly GroupDirectory[],
  options: WaitOptions,
): Promise<void> {
  const freezer = directories.filter(({ hierarchy }) => hierarchy.controllers.includes("freezer"));
  const stopped = freezer.length > 0 && (await tryToFreeze(freezer, options));
  for (const pid of membersOf(directories)) kill(pid);
  // v1 lets the dead lie frozen until they are thawed.
  if (stopped) await setFrozen(freezer, false, options);
}

/** One that cannot be stopped in time is no reason not to kill the others. */
async function tryToFreeze(
  freezer: readonly GroupDirectory[],
  options: WaitOptions,
): Promise<boolean> {
  try {
    await setFrozen(freezer, true, { ...options, timeoutMs: 200 });
  } catch (error) {
    if (!(error instanceof CgroupError)) throw error;
    if (error.code === "X_CGROUP_GONE") return false;
    if (error.code !== "X_CGROUP_BUSY") throw error;
  }
  return true;
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (errnoOf(error) !== "ESRCH") throw error;
  }
}

function membersOf(directories: readonly GroupDirectory[]): number[] {
  const all = directories.flatMap(({ path }) => deepestFirst(path).flatMap(processesIn));
  return [...new Set(all)];
}

function refuseOurselves(directories: readonly GroupDirectory[]): void {
  if (!membersOf(directories).includes(process.pid)) return;
  throw new CgroupError("X_CGROUP_INVALID", "this process is in the group itself", {
    hint: "Leave it first: another group's add(process.pid)",
  });
}
