import { UnionError } from "./error.ts";

/** A range of ids: `containerID` in the layers is `hostID` in the union. */
export interface IdMapping {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}

/** What ids the files of the lower directories have in the union. */
export interface IdMap {
  readonly uidMappings: readonly IdMapping[];
  readonly gidMappings: readonly IdMapping[];
}

/** The id that an id of a layer becomes; undefined where it becomes none. */
export function mapId(id: number, mappings: readonly IdMapping[]): number | undefined {
  const range = mappings.find((one) => id >= one.containerID && id < one.containerID + one.size);
  return range === undefined ? undefined : range.hostID + (id - range.containerID);
}

/** The ranges as `/proc/PID/uid_map` takes them. Source: user_namespaces(7). */
export function idMapText(mappings: readonly IdMapping[]): string {
  return mappings.map((one) => `${one.containerID} ${one.hostID} ${one.size}\n`).join("");
}

const HIGHEST = 0xffff_fffe;

/** Refuses ranges that make no sense. Throws UnionError `X_UNION_INVALID`. */
export function checkIdMap(idmap: IdMap): void {
  for (const key of ["uidMappings", "gidMappings"] as const) {
    const mappings = idmap[key];
    if (mappings.length === 0) refuse(`idmap.${key}`, "no range of ids");
    mappings.forEach(({ containerID, hostID, size }, i) => {
      const fits = [containerID, hostID, size].every((one) => Number.isInteger(one) && one >= 0);
      if (!fits || size === 0 || containerID + size - 1 > HIGHEST || hostID + size - 1 > HIGHEST) {
        refuse(`idmap.${key}[${i}]`, `${containerID}, ${hostID}, ${size} is no range of ids`);
      }
    });
  }
}

function refuse(field: string, message: string): never {
  throw new UnionError("X_UNION_INVALID", message, { field });
}
