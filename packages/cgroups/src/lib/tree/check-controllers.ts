import type { ControllerName } from "../controller.ts";
import { CgroupError } from "../error.ts";

const names: ReadonlySet<string> = new Set<ControllerName>([
  "cpu",
  "cpuacct",
  "cpuset",
  "memory",
  "io",
  "devices",
  "net_cls",
  "net_prio",
  "freezer",
  "pids",
  "hugetlb",
  "perf_event",
  "rdma",
  "misc",
  "dmem",
]);

/** Names that somebody may expect, and what became of them. */
const others: Readonly<Record<string, string>> = {
  ns: "The subsystem that made a group for every new set of namespaces is gone since Linux 3.0. A cgroup namespace (CLONE_NEWCGROUP, cgroup_namespaces(7)) is what hides the groups above; @x/namespaces makes namespaces, and any group can hold their processes",
  blkio: "It is called io here, as in v2",
  debug: "It is for those who work on the kernel's own groups",
};

/** Refuses a name that is no controller's: `X_CGROUP_INVALID`, or `X_CGROUP_UNSUPPORTED` for `ns`. */
export function checkControllers(controllers: readonly string[]): void {
  controllers.forEach((name, i) => {
    if (names.has(name)) return;
    const code = name === "ns" ? "X_CGROUP_UNSUPPORTED" : "X_CGROUP_INVALID";
    throw new CgroupError(code, `there is no controller ${JSON.stringify(name)}`, {
      field: `controllers[${i}]`,
      hint: others[name] ?? `There are ${[...names].join(", ")}`,
    });
  });
}
