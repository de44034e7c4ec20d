import { thisArch } from "@x/syscall";
import { readFileSync } from "node:fs";
import { NamespaceError } from "./error.ts";
import { parseIdMap, sameIdMap, type IdMapping } from "./id-map.ts";
import type { UserMaps } from "./new-namespaces.ts";

/**
 * The maps of the user namespace of a process, as the calling process sees the ids outside. Throws
 * Node's own error when there is no such process, and `UnsupportedPlatformError`.
 */
export function readIdMaps(pid: number | "self"): UserMaps {
  thisArch();
  return { uidMappings: read(pid, "uid"), gidMappings: read(pid, "gid") };
}

/**
 * Reads the maps of a process back and compares: throws `NamespaceError` (`X_NAMESPACE_MAPS`) when
 * they are not the ones that were asked for.
 */
export function verifyIdMaps(pid: number, wanted: UserMaps): void {
  const found = readIdMaps(pid);
  for (const field of ["uidMappings", "gidMappings"] as const) {
    if (sameIdMap(found[field], wanted[field])) continue;
    const is = JSON.stringify(found[field]);
    throw new NamespaceError("X_NAMESPACE_MAPS", `the kernel has ${is} instead`, { field });
  }
}

function read(pid: number | "self", side: "uid" | "gid"): IdMapping[] {
  return parseIdMap(readFileSync(`/proc/${pid}/${side}_map`, "latin1"));
}
