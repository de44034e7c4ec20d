import { readFileSync } from "node:fs";
import { CgroupError } from "../error.ts";
import type { GroupDirectory } from "../hierarchy/hierarchy.ts";

/**
 * Looks whether a process that joins these groups would go on: a frozen group stops it in the
 * middle, and whoever waits for it waits as well.
 *
 * Throws `CgroupError`: `X_CGROUP_GONE` when one has been deleted, `X_CGROUP_BUSY` when one is
 * frozen, itself or from above. Source: cgroup-v1/freezer-subsystem.rst, cgroup-v2.rst.
 */
export function assertJoinable(directories: readonly GroupDirectory[]): void {
  for (const { hierarchy, path } of directories) {
    const { version, controllers } = hierarchy;
    // The root of a tree has neither file, and cannot be frozen.
    if (version === 2) checkThawed(path, read(path, "cgroup.events"), /^frozen 1$/m);
    else if (controllers.includes("freezer")) {
      checkThawed(path, read(path, "freezer.state"), /^(FROZEN|FREEZING)$/m);
    } else read(path, "cgroup.procs");
  }
}

function checkThawed(path: string, state: string, frozen: RegExp): void {
  if (!frozen.test(state)) return;
  throw new CgroupError("X_CGROUP_BUSY", `the group ${path} is frozen: nobody in it would go on`, {
    hint: "Thaw it first, or the group above that is frozen",
  });
}

/** The text of a file; empty where the group is there without it. */
function read(path: string, file: string): string {
  try {
    return readFileSync(`${path}/${file}`, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" && file !== "cgroup.procs") {
      read(path, "cgroup.procs");
      return "";
    }
    if (code === "ENOENT" || code === "ENODEV") {
      throw new CgroupError("X_CGROUP_GONE", `the group ${path} is no longer there (${code})`, {
        cause,
      });
    }
    throw new CgroupError("X_CGROUP_KERNEL", `cannot read ${path}/${file} (${code})`, { cause });
  }
}
