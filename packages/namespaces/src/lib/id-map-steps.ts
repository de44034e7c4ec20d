import { step, text, type Result, type Step, type Value } from "@x/plan";
import { AT_FDCWD, O_CLOEXEC, O_WRONLY } from "@x/syscall";
import { formatIdMap, validateIdMappings, type IdMapping } from "./id-map.ts";

/** Who one is outside, and who one is to be inside. */
export interface OwnIdMap {
  /** The effective user id of the process that enters the user namespace. */
  readonly uid: number;
  readonly gid: number;
  /** The id inside; 0 unless given. */
  readonly containerUid?: number;
  readonly containerGid?: number;
}

/** The maps of a user namespace, and whether its processes may change their groups. */
export interface IdMaps {
  /** Left out: somebody else writes this map. */
  readonly uidMappings?: readonly IdMapping[];
  readonly gidMappings?: readonly IdMapping[];
  /**
   * `deny` is what the kernel demands of a writer without CAP_SETGID: a process that drops a group
   * could otherwise get at what that group is kept from (CVE-2014-8989).
   */
  readonly setgroups?: "allow" | "deny";
}

/**
 * A process in a fresh user namespace maps the one id that it has outside, for which it needs no
 * privilege: `setgroups` is denied first, then come the two maps.
 *
 * Throws `NamespaceError` for an id that is none. Source: user_namespaces(7).
 */
export function ownIdMapSteps(own: OwnIdMap): Step[] {
  const { uid, gid, containerUid = 0, containerGid = 0 } = own;
  return [
    ...denySetgroups("/proc/self"),
    ...writeMap("gid", one(containerGid, gid), ["/proc/self"]),
    ...writeMap("uid", one(containerUid, uid), ["/proc/self"]),
  ];
}

/**
 * The process outside writes the maps of a process in a fresh user namespace: ranges with
 * CAP_SETUID and CAP_SETGID, without them its own two ids and `setgroups: "deny"`.
 *
 * Throws `NamespaceError` for a map that the kernel would refuse. Source: user_namespaces(7).
 */
export function writeIdMapSteps(pid: Result, maps: IdMaps): Step[] {
  const { uidMappings, gidMappings, setgroups = "allow" } = maps;
  const folder = ["/proc/", pid];
  return [
    ...(setgroups === "deny" ? denySetgroups(...folder) : []),
    ...(gidMappings === undefined ? [] : writeMap("gid", gidMappings, folder)),
    ...(uidMappings === undefined ? [] : writeMap("uid", uidMappings, folder)),
  ];
}

type Folder = readonly (string | Result)[];

function denySetgroups(...folder: Folder): Step[] {
  return write([...folder, "/setgroups"], "deny", {
    as: "setgroups file",
    why: "nobody inside may drop a group, which could be one that denies",
    field: "gidMappings",
  });
}

function writeMap(side: "uid" | "gid", mappings: readonly IdMapping[], folder: Folder): Step[] {
  const field = `${side}Mappings`;
  validateIdMappings(mappings, field);
  return write([...folder, `/${side}_map`], formatIdMap(mappings), {
    as: `${side}_map file`,
    why: side === "uid" ? "which users the ids inside are" : "which groups the ids inside are",
    field,
  });
}

interface Writing {
  readonly as: string;
  readonly why: string;
  readonly field: string;
}

/** The kernel takes a map in one piece or not at all. */
function write(path: Folder, content: string, { as, why, field }: Writing): Step[] {
  const file: Value = path.every((part) => typeof part === "string")
    ? path.join("")
    : text(...path);
  const fd: Result = { result: as };
  return [
    step("openat", [AT_FDCWD, file, O_WRONLY | O_CLOEXEC], { as, why, field }),
    step("write", [fd, content, content.length], { expect: content.length, field }),
    step("close", [fd]),
  ];
}

function one(containerID: number, hostID: number): IdMapping[] {
  return [{ containerID, hostID, size: 1 }];
}
