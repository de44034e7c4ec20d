import type { Hierarchies } from "../hierarchy/hierarchy.ts";

/** How somebody who is not root gets a part of the tree, on a host like this. */
export function delegationHint({ mode }: Hierarchies): string {
  return mode === "v2"
    ? "Run as root, or in a part that was delegated to you: systemd-run --user --scope -p Delegate=yes -- COMMAND; controllers that are missing there are granted by a drop-in for user@.service with Delegate=cpu cpuset io memory pids"
    : "Run as root. The controllers of v1 cannot safely be delegated to a user (cgroups(7)); boot with systemd.unified_cgroup_hierarchy=1 (cgroup v2) and use systemd-run --user --scope -p Delegate=yes -- COMMAND";
}
