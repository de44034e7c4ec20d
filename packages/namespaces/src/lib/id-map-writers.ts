import type { IdMapping } from "./id-map.ts";
import type { Identity } from "./identity.ts";

/** Who can write the two maps of a new user namespace. */
export interface IdMapWriters {
  /** `launcher`: the process outside, itself; `helper`: `newuidmap`, which has the privilege. */
  readonly uid: "launcher" | "helper";
  readonly gid: "launcher" | "helper";
  /** Whether groups inside are fixed, as they must be where an unprivileged process maps its own. */
  readonly setgroups: "allow" | "deny";
}

/**
 * Decides who writes the maps: the launcher where it has the capability, or where the map has
 * nothing but the caller's own id; the setuid helpers otherwise. Source: user_namespaces(7).
 */
export function idMapWriters(
  maps: {
    readonly uidMappings: readonly IdMapping[];
    readonly gidMappings: readonly IdMapping[];
  },
  who: Identity,
): IdMapWriters {
  const ownUid = isOnly(maps.uidMappings, who.uid);
  const ownGid = isOnly(maps.gidMappings, who.gid);
  return {
    uid: who.canSetuid || ownUid ? "launcher" : "helper",
    gid: who.canSetgid || ownGid ? "launcher" : "helper",
    setgroups: ownGid && !who.canSetgid ? "deny" : "allow",
  };
}

function isOnly(mappings: readonly IdMapping[], id: number): boolean {
  const [only, ...more] = mappings;
  return only?.hostID === id && only.size === 1 && more.length === 0;
}
