import { accessSync, constants, readFileSync } from "node:fs";
import type { ControllerName } from "../controller.ts";
import { CgroupError } from "../error.ts";
import { implicit } from "../hierarchy/detect.ts";
import type { Hierarchies, Hierarchy } from "../hierarchy/hierarchy.ts";
import { noPlace } from "./no-place.ts";

/** Where groups of ours begin in one hierarchy. */
export interface Place {
  readonly hierarchy: Hierarchy;
  /** A path from the mount point on, without a slash at its end: "" is the mount point itself. */
  readonly base: string;
  /** What a group there can be held to: of v2, what was handed down to it. */
  readonly controllers: readonly ControllerName[];
}

/** The group that this process moves into when its own is to have groups below it. */
export const SELF = "x-self";

/**
 * Where this process may make groups: at the top of each hierarchy that is ours to write, otherwise
 * below our own group, which may have been delegated to us. Throws `X_CGROUP_PERMISSION` with a
 * hint when there is no such place.
 */
export function placesOf(hierarchies: Hierarchies): readonly Place[] {
  const euid = process.geteuid?.();
  if (last?.hierarchies === hierarchies && last.euid === euid) return last.places;
  const places = findPlaces(hierarchies);
  // At the top of all of them: there is nothing better that a later look could find.
  const best = places.length === hierarchies.all.length && places.every(({ base }) => base === "");
  last = best ? { hierarchies, euid, places } : undefined;
  return places;
}

let last:
  | {
      readonly hierarchies: Hierarchies;
      readonly euid: number | undefined;
      readonly places: readonly Place[];
    }
  | undefined;

function findPlaces(hierarchies: Hierarchies): Place[] {
  if (hierarchies.mode === "none") {
    throw new CgroupError("X_CGROUP_NO_CONTROLLER", "no control group hierarchy is mounted", {
      hint: "mount -t cgroup2 none /sys/fs/cgroup",
    });
  }
  const places = hierarchies.all.flatMap((hierarchy) => {
    const base = baseOf(hierarchy);
    if (base === undefined) return [];
    return [{ hierarchy, base, controllers: controllersAt(hierarchy, base) }];
  });
  if (places.length > 0) return places;
  throw noPlace(hierarchies);
}

function baseOf({ mountpoint, own, readonly, fenced }: Hierarchy): string | undefined {
  if (readonly || fenced) return undefined;
  if (isWritable(mountpoint)) return "";
  if (own === undefined) return undefined;
  const group = own.endsWith(`/${SELF}`) ? own.slice(0, -SELF.length - 1) : own;
  const base = group === "/" ? "" : group;
  return isWritable(`${mountpoint}${base}`) ? base : undefined;
}

/** A group of v2 has at most what the groups above it have handed down. */
export function controllersAt(
  { version, mountpoint, controllers }: Hierarchy,
  base: string,
): readonly ControllerName[] {
  if (version === 1 || base === "") return controllers;
  const here = readFileSync(`${mountpoint}${base}/cgroup.controllers`, "latin1").split(/\s+/);
  return controllers.filter((name) => here.includes(name) || implicit.has(name));
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    accessSync(`${path}/cgroup.procs`, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
