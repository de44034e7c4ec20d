import { existsSync, readFileSync } from "node:fs";
import { Cgroup } from "./cgroup.ts";
import { CgroupError } from "./error.ts";
import { openAll } from "./group/bindings.ts";
import { errnoOf, kernelError } from "./group/kernel-error.ts";
import { detect } from "./hierarchy/detect.ts";
import type { GroupDirectory, Hierarchies } from "./hierarchy/hierarchy.ts";
import { groupsIn } from "./tree/directory.ts";
import { placesOf, type Place } from "./tree/place.ts";
import { validatePath } from "./validate/name.ts";

/** How a group that is there already is opened. */
export interface OpenOptions {
  /** It is ours from now on: it may be deleted, and disposing of the handle does so. */
  readonly own?: boolean;
  /** What is mounted, if it is known already: `detect()`. */
  readonly hierarchies?: Hierarchies;
}

/**
 * A handle on a group that is there already, in whichever hierarchies it is.
 *
 * @throws CgroupError `X_CGROUP_GONE` when no hierarchy has such a group
 */
export function openCgroup(path: string, options: OpenOptions = {}): Cgroup {
  validatePath(path);
  const places = placesOf(options.hierarchies ?? detect());
  const directories = directoriesOf(places, path);
  if (directories.length > 0) {
    const open = openAll(directories);
    return new Cgroup({ path, places, directories: open, owned: options.own ?? false });
  }
  const where = places.map(({ hierarchy, base }) => `${hierarchy.mountpoint}${base}`).join(", ");
  throw new CgroupError("X_CGROUP_GONE", `there is no group ${path} in ${where}`, {
    field: "path",
  });
}

/** The paths of the groups directly in `parent`, in whichever hierarchy; `/` is the top. */
export function listCgroups(
  parent = "/",
  options: Pick<OpenOptions, "hierarchies"> = {},
): string[] {
  validatePath(parent, "parent");
  const above = parent === "/" ? "" : parent;
  const names = placesOf(options.hierarchies ?? detect()).flatMap(({ hierarchy, base }) =>
    groupsIn(`${hierarchy.mountpoint}${base}${above}`),
  );
  return [...new Set(names)].toSorted().map((name) => `${above}/${name}`);
}

/**
 * The group that a process is in, by hierarchy: where it is may differ from one to the next.
 *
 * @throws CgroupError `X_CGROUP_GONE` when there is no such process
 * @see proc_pid_cgroup(5)
 */
export function cgroupsOf(pid: number | "self"): readonly GroupDirectory[] {
  try {
    const text = readFileSync(`/proc/${pid}/cgroup`, "utf8");
    return detect(text).all.flatMap((hierarchy) => {
      const { own, mountpoint } = hierarchy;
      if (own === undefined) return [];
      return [{ hierarchy, path: `${mountpoint}${own === "/" ? "" : own}` }];
    });
  } catch (error) {
    if (errnoOf(error) === "ENOENT") throw kernelError(`cannot look at process ${pid}`, error);
    throw error;
  }
}

function directoriesOf(places: readonly Place[], path: string): GroupDirectory[] {
  return places.flatMap(({ hierarchy, base }) => {
    const directory = `${hierarchy.mountpoint}${base}${path === "/" ? "" : path}`;
    return existsSync(`${directory}/cgroup.procs`) ? [{ hierarchy, path: directory }] : [];
  });
}
