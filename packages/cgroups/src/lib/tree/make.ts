import { readFileSync } from "node:fs";
import { CgroupError } from "../error.ts";
import type { GroupDirectory, Hierarchy } from "../hierarchy/hierarchy.ts";
import { writeFile } from "../group/write-file.ts";
import { comeBackUnlessNeeded } from "./ancestors.ts";
import { delegationHint } from "./delegation-hint.ts";
import { makeDirectory, removeDirectory } from "./directory.ts";
import { enableControllers, type Handing } from "./enable.ts";
import type { Place } from "./place.ts";

/** What has been made of a group, and what of its ancestors was made on the way. */
export interface Made {
  readonly directories: readonly GroupDirectory[];
  /** Ancestors that were not there before, the deepest first. */
  readonly ancestors: readonly string[];
}

/**
 * Makes a group of this path in every place, and what is missing above it. Leaves nothing behind
 * when it fails. Throws `X_CGROUP_EXISTS` when it is there already.
 */
export function makeGroup(places: readonly Place[], path: string, handing: Handing): Made {
  const directories: GroupDirectory[] = [];
  const ancestors: string[] = [];
  try {
    for (const place of places) directories.push(makeIn(place, path, handing, ancestors));
    return { directories, ancestors };
  } catch (error) {
    for (const { path: made } of directories) removeDirectory(made);
    for (const made of ancestors) removeDirectory(made);
    comeBackUnlessNeeded();
    throw error;
  }
}

function makeIn(place: Place, path: string, handing: Handing, ancestors: string[]): GroupDirectory {
  const { hierarchy, base } = place;
  const parent = path.slice(0, path.lastIndexOf("/"));
  const directory = `${hierarchy.mountpoint}${base}${path}`;
  // Mostly all above it is there; and somebody else may remove an empty ancestor at any time.
  for (let tries = 0; ; tries++) {
    try {
      if (tries > 0) makeAncestors(place, parent, ancestors);
      if (hierarchy.version === 2) enableControllers(place, `${base}${parent}`, handing);
      if (makeDirectory(directory)) return { hierarchy, path: directory };
    } catch (error) {
      if (tries < 8 && isGone(error)) continue;
      throw withHint(error, hierarchy);
    }
    throw new CgroupError("X_CGROUP_EXISTS", `there is a group ${directory} already`, {
      field: "name",
    });
  }
}

function isGone(error: unknown): boolean {
  return error instanceof CgroupError && error.code === "X_CGROUP_GONE";
}

function withHint(error: unknown, hierarchy: Hierarchy): unknown {
  if (!(error instanceof CgroupError && error.code === "X_CGROUP_PERMISSION")) return error;
  const hint = delegationHint({ mode: hierarchy.version === 2 ? "v2" : "v1", all: [hierarchy] });
  return new CgroupError(error.code, error.message, { hint, cause: error.cause });
}

function makeAncestors({ hierarchy, base }: Place, parent: string, made: string[]): void {
  const isCpuset = hierarchy.version === 1 && hierarchy.controllers.includes("cpuset");
  let at = `${hierarchy.mountpoint}${base}`;
  for (const name of parent.split("/").slice(1)) {
    const above = at;
    at = `${at}/${name}`;
    if (!makeDirectory(at)) continue;
    made.unshift(at);
    if (isCpuset) inheritCpuset(above, at);
  }
}

/** A v1 cpuset group starts with nothing, so that none below it could have anything. */
function inheritCpuset(from: string, to: string): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    writeFile(`${to}/${file}`, readFileSync(`${from}/${file}`, "latin1").trim());
  }
}
