import { CgroupError } from "../error.ts";
import { isOutside } from "../hierarchy/detect.ts";
import type { Hierarchies } from "../hierarchy/hierarchy.ts";
import { delegationHint } from "./delegation-hint.ts";

/** Why there is nowhere that this process could make a group, and what to do. */
export function noPlace(hierarchies: Hierarchies): CgroupError {
  const [why, hint] = reason(hierarchies);
  return new CgroupError("X_CGROUP_PERMISSION", `cannot make a group: ${why}`, { hint });
}

function reason(hierarchies: Hierarchies): readonly [why: string, hint: string] {
  const { all } = hierarchies;
  const where = all.map(({ mountpoint }) => mountpoint).join(", ");
  if (all.every(({ readonly }) => readonly)) {
    return [
      `${where} is mounted read-only (EROFS, 30)`,
      "Containers mostly see their own groups so; run this on the host, or in a container that may write them",
    ];
  }
  if (all.every(({ fenced, root, own }) => fenced || (own === undefined && isOutside(root)))) {
    return [
      `${where} shows the groups outside this cgroup namespace, which are not to be touched`,
      `Mount what is inside: unshare --mount, umount ${where}, mount -t cgroup2 none ${where}`,
    ];
  }
  return [
    `no control group hierarchy here is writable for uid ${process.geteuid?.()} (EACCES, 13)`,
    delegationHint(hierarchies),
  ];
}
