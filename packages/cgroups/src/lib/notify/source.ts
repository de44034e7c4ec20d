import { existsSync } from "node:fs";
import type { ControllerName } from "../controller.ts";
import { CgroupError } from "../error.ts";
import type { GroupDirectory } from "../hierarchy/hierarchy.ts";

/** A group that is listened to: a `Cgroup`, or whatever says where its directories are. */
export interface NotifyingGroup {
  /** Its directory in the hierarchy that has this controller. */
  directoryOf(controller: ControllerName): GroupDirectory | undefined;
  /** Its directory in the v2 tree. */
  readonly unifiedDirectory: GroupDirectory | undefined;
}

/**
 * The group's directory in the hierarchy of the memory controller.
 *
 * @throws CgroupError `X_CGROUP_NO_CONTROLLER`, `X_CGROUP_GONE`
 */
export function memoryDirectory(group: NotifyingGroup): GroupDirectory {
  const directory = group.directoryOf("memory");
  if (directory === undefined) {
    throw new CgroupError(
      "X_CGROUP_NO_CONTROLLER",
      "the group has no memory controller, which is what announces this",
      {
        hint: "See /proc/cgroups whether the kernel has it enabled, and cgroup.controllers of the v2 group above whether it is delegated",
      },
    );
  }
  return present(directory);
}

/**
 * The same where version 1 has the controller.
 *
 * @throws CgroupError `X_CGROUP_UNSUPPORTED` in a v2 tree, with `hint` for what it has instead.
 */
export function memoryDirectoryOfV1(group: NotifyingGroup, what: string, hint: string): string {
  const { hierarchy, path } = memoryDirectory(group);
  if (hierarchy.version === 1) return path;
  throw new CgroupError("X_CGROUP_UNSUPPORTED", `cgroup v2 announces no ${what}`, { hint });
}

/** Refuses a directory that is not there: `CgroupError` `X_CGROUP_GONE`. */
export function present(directory: GroupDirectory): GroupDirectory {
  if (existsSync(directory.path)) return directory;
  throw new CgroupError("X_CGROUP_GONE", `the group ${directory.path} is no longer there`);
}
