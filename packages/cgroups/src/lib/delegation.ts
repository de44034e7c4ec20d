import { readFileSync } from "node:fs";
import type { ControllerName } from "./controller.ts";
import { CgroupError } from "./error.ts";
import { detect, implicit } from "./hierarchy/detect.ts";
import type { Hierarchies } from "./hierarchy/hierarchy.ts";
import { delegationHint } from "./tree/delegation-hint.ts";
import { placesOf } from "./tree/place.ts";

/** What this process may do with control groups, found out without changing anything. */
export interface Delegation {
  readonly mode: Hierarchies["mode"];
  /** Where groups would be made; empty when nowhere. */
  readonly places: readonly string[];
  /** What they can be held to. */
  readonly controllers: readonly ControllerName[];
  /** What this kernel has but was not mounted, or not handed down to us. */
  readonly missing: readonly ControllerName[];
  /** What to do to get those; undefined when nothing is missing. */
  readonly hint?: string;
}

/**
 * Looks whether this process may make groups, which controllers they would have, and how to have
 * the missing ones delegated. For a program to say so before it starts; `createCgroup` refuses with
 * the same hints.
 *
 * @see Documentation/admin-guide/cgroup-v2.rst, Delegation; systemd.resource-control(5), `Delegate=`
 */
export function delegation(hierarchies: Hierarchies = detect()): Delegation {
  const places = tryPlaces(hierarchies);
  const controllers = [...new Set(places.flatMap((place) => place.controllers))];
  const missing = inKernel(hierarchies).filter((name) => !controllers.includes(name));
  return {
    mode: hierarchies.mode,
    places: places.map(({ hierarchy, base }) => `${hierarchy.mountpoint}${base}`),
    controllers,
    missing,
    ...(missing.length === 0 ? {} : { hint: hintFor(places.length > 0, missing, hierarchies) }),
  };
}

function tryPlaces(hierarchies: Hierarchies): ReturnType<typeof placesOf> {
  try {
    return placesOf(hierarchies);
  } catch (error) {
    if (error instanceof CgroupError) return [];
    throw error;
  }
}

function hintFor(anywhere: boolean, missing: readonly string[], hierarchies: Hierarchies): string {
  if (!anywhere) return delegationHint(hierarchies);
  return hierarchies.mode === "v2"
    ? `Not handed down to this part of the tree: ${missing.join(", ")}. With systemd: systemctl edit user@.service, then [Service] Delegate=cpu cpuset io memory pids`
    : `Not mounted: mount -t cgroup -o ${missing.map((name) => (name === "io" ? "blkio" : name)).join(",")} none DIRECTORY`;
}

/** What the kernel can control: the second column on of /proc/cgroups, or the root's list in v2. */
function inKernel(hierarchies: Hierarchies): ControllerName[] {
  const all = new Set(hierarchies.all.flatMap(({ controllers }) => controllers));
  if (hierarchies.mode === "v2") return [...all];
  for (const line of readFileSync("/proc/cgroups", "latin1").split("\n")) {
    const [name = "", , , enabled] = line.split("\t");
    if (enabled !== "1") continue;
    all.add((name === "blkio" ? "io" : name) as ControllerName);
  }
  return [...all].filter((name) => !implicit.has(name) || hierarchies.mode !== "v1");
}
