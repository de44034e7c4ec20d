import type { GroupDirectory, Hierarchies, Hierarchy } from "@x/cgroups";
import { INSIDE } from "./group.ts";

/** What stands for the names that a group gets when it is made. */
const NAMES = `x/<owner>/<id>/${INSIDE}`;

/**
 * Where the control group of a container would be on a machine with these hierarchies, for a list
 * that is only to be read: at the top for root, for others in the part that they are in themselves.
 */
export function groupSketch({ all }: Hierarchies, uid: number): GroupDirectory[] {
  return all
    .filter(({ readonly, own }) => !readonly && (uid === 0 || own !== undefined))
    .map((hierarchy) => ({ hierarchy, path: `${baseOf(hierarchy, uid)}/${NAMES}` }));
}

function baseOf({ mountpoint, own = "/" }: Hierarchy, uid: number): string {
  return uid === 0 || own === "/" ? mountpoint : `${mountpoint}${own}`;
}
