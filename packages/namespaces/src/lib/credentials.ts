import { step, type Step } from "@x/plan";
import { validateId } from "./id-map.ts";

/** Who a process becomes. */
export interface Credentials {
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** Supplementary groups besides `gid`. */
  readonly groups?: readonly number[] | undefined;
  /**
   * `drop`: the caller's groups do not come along. `try`: the same, unless the user namespace
   * denies `setgroups`. `keep`: it is known to deny it.
   */
  readonly callersGroups: "drop" | "try" | "keep";
}

/**
 * Groups first, then the group, then the user, who may not be allowed the first two any more.
 * `gid` is among the supplementary groups, too: a set-group-ID program would otherwise lose it, and
 * with it what the group is denied. Nothing given, nothing done. Throws `NamespaceError`.
 */
export function credentialSteps(become: Credentials): Step[] {
  const { uid, gid, groups = [], callersGroups } = become;
  if (uid !== undefined) validateId(uid, "uid");
  if (gid !== undefined) validateId(gid, "gid");
  groups.forEach((group, i) => validateId(group, `groups[${i}]`));
  if (uid === undefined && gid === undefined && groups.length === 0) return [];
  return [
    ...(callersGroups === "keep" ? [] : [setGroups(gid, groups, callersGroups)]),
    ...(gid === undefined ? [] : [step("setresgid", [gid, gid, gid], { field: "gid" })]),
    ...(uid === undefined ? [] : [step("setresuid", [uid, uid, uid], { field: "uid" })]),
  ];
}

function setGroups(gid: number | undefined, groups: readonly number[], how: "drop" | "try"): Step {
  const all = [...new Set([...(gid === undefined ? [] : [gid]), ...groups])];
  return step("setgroups", [all.length, new Uint8Array(Uint32Array.from(all).buffer)], {
    why: "without the groups of whoever asked",
    field: "groups",
    ...(how === "try" && groups.length === 0 ? { tolerate: ["EPERM"] } : {}),
  });
}
