import { readFileSync } from "node:fs";
import type { ControllerName } from "./controller.ts";
import { CgroupError } from "./error.ts";
import { errnoOf } from "./group/kernel-error.ts";
import { detect, implicit } from "./hierarchy/detect.ts";
import type { Hierarchies } from "./hierarchy/hierarchy.ts";
import { placesOf, type Place } from "./tree/place.ts";

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
  const found = tryPlaces(hierarchies);
  const places = found instanceof CgroupError ? [] : found;
  const controllers = [...new Set(places.flatMap((place) => place.controllers))];
  const missing = inKernel(hierarchies).filter((name) => !controllers.includes(name));
  const toGetThem = missing.length === 0 ? undefined : hintFor(missing, hierarchies);
  const hint = found instanceof CgroupError ? found.hint : toGetThem;
  return {
    mode: hierarchies.mode,
    places: places.map(({ hierarchy, base }) => `${hierarchy.mountpoint}${base}`),
    controllers,
    missing,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** The places, or why there is none. */
function tryPlaces(hierarchies: Hierarchies): readonly Place[] | CgroupError {
  try {
    return placesOf(hierarchies);
  } catch (error) {
    if (error instanceof CgroupError) return error;
    throw error;
  }
}

function hintFor(missing: readonly string[], hierarchies: Hierarchies): string {
  return hierarchies.mode === "v2"
    ? `Not handed down to this part of the tree: ${missing.join(", ")}. As root, write +${missing[0]} and so on to cgroup.subtree_control of each group above; with systemd: systemctl edit user@.service, then [Service] Delegate=cpu cpuset io memory pids`
    : `Not mounted: mount -t cgroup -o ${missing.map((name) => (name === "io" ? "blkio" : name)).join(",")} none DIRECTORY`;
}

/** What the kernel can control: `/proc/cgroups`, and the list at the root of v2. */
function inKernel(hierarchies: Hierarchies): ControllerName[] {
  const all = new Set(hierarchies.all.flatMap(({ controllers }) => controllers));
  for (const line of readList().split("\n")) {
    const [word = "", , , enabled] = line.split("\t");
    if (enabled !== "1") continue;
    const name = (word === "blkio" ? "io" : word) as ControllerName;
    if (hierarchies.mode !== "v2" || !onlyV1.has(name)) all.add(name);
  }
  return [...all].filter((name) => !implicit.has(name) || hierarchies.mode !== "v1");
}

/** What v2 has nothing of that name for. */
const onlyV1: ReadonlySet<ControllerName> = new Set(["cpuacct", "net_cls", "net_prio"]);

/** Seen from a cgroup namespace, the root of v2 lists only what was handed down to it. */
function readList(): string {
  try {
    return readFileSync("/proc/cgroups", "latin1");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return ""; // a kernel without v1 has no such list
    throw error;
  }
}
