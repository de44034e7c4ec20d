import { AT_FDCWD, O_CLOEXEC, O_WRONLY } from "@x/syscall";
import { result, step, type Step } from "@x/plan";
import type { GroupDirectory, Hierarchy } from "../hierarchy/hierarchy.ts";

/** What every function of steps can be told. */
export interface GroupStepOptions {
  /** The part of the caller's input that the groups come from: `resources`. Errors carry it. */
  readonly field?: string;
}

/**
 * The process puts itself into its groups: the first thing that a new one does, so that all it
 * takes from then on is counted, and nothing of whoever made it. A group that has been deleted
 * fails the plan (ENOENT, ENODEV), as does a cpuset without CPUs (ENOSPC).
 *
 * What can stop a process comes last, the freezers of v1 and v2: if the group is frozen, the process
 * waits there until it is thawed; `assertJoinable` finds that out before.
 * Source: Documentation/admin-guide/cgroup-v1/cgroups.rst, cgroup-v2.rst.
 */
export function join(
  directories: readonly GroupDirectory[],
  options: GroupStepOptions = {},
): Step[] {
  return directories
    .toSorted((a, b) => stops(a.hierarchy) - stops(b.hierarchy))
    .flatMap(({ hierarchy, path }) => {
      const name = nameOf(hierarchy);
      const procs = result(`procs of ${name}`);
      return [
        step("openat", [AT_FDCWD, `${path}/cgroup.procs`, O_WRONLY | O_CLOEXEC], {
          as: procs.result,
          why: `its group: ${name}`,
          ...options,
        }),
        step("write", [procs, "0", 1], {
          expect: 1,
          why: "in it from here on, with all that it takes and makes",
          ...options,
        }),
        step("close", [procs]),
      ];
    });
}

/** `memory`, `cpu,cpuacct`, `name=systemd`, `cgroup v2`. */
function nameOf({ version, controllers, name }: Hierarchy): string {
  if (version === 2) return "cgroup v2";
  return name === undefined ? controllers.join(",") : `name=${name}`;
}

function stops({ version, controllers }: Hierarchy): number {
  if (version === 2) return 2;
  return controllers.includes("freezer") ? 1 : 0;
}
