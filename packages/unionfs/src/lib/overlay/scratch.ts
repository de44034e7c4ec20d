import {
  AT_FDCWD,
  FSCONFIG_CMD_CREATE,
  FSCONFIG_SET_STRING,
  FSMOUNT_CLOEXEC,
  FSOPEN_CLOEXEC,
  MNT_DETACH,
  MOVE_MOUNT_F_EMPTY_PATH,
  MOVE_MOUNT_T_EMPTY_PATH,
  O_CLOEXEC,
  O_DIRECTORY,
  O_PATH,
} from "@x/syscall";
import { step, text, type Result, type Step, type Value } from "@x/plan";
import type { Names } from "./names.ts";

/** How a directory is opened that becomes a layer. */
export const O_LAYER: number = O_PATH | O_DIRECTORY | O_CLOEXEC;

/** The directory of the scratch file system that `mount(2)` mounts on. */
export const SCRATCH_UNION = "union";

/** A file system in memory, attached nowhere. */
export function makeScratch(names: Names, sizeBytes: number | undefined, why: string): Step[] {
  const { scratch, scratchContext: context } = names;
  const set = (key: string, value: string): Step =>
    step("fsconfig", [context, FSCONFIG_SET_STRING, key, value, 0]);
  return [
    step("fsopen", ["tmpfs", FSOPEN_CLOEXEC], { as: context.result, why }),
    set("mode", "0755"),
    ...(sizeBytes === undefined ? [] : [set("size", String(sizeBytes))]),
    step("fsconfig", [context, FSCONFIG_CMD_CREATE, null, null, 0]),
    step("fsmount", [context, FSMOUNT_CLOEXEC, 0], { as: scratch.result }),
    step("close", [context]),
  ];
}

/**
 * Attaches it on top of a directory that is there for sure: kernels before 6.15 take no layer of a
 * mount that is attached nowhere. Descriptors of that directory still mean what lies below.
 */
export function attachScratch(names: Names, on: string): Step[] {
  const flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  return [
    step("openat", [AT_FDCWD, on, O_LAYER], { as: names.place.result }),
    step("move_mount", [names.scratch, "", names.place, "", flags], {
      why: "attached for the moment: this kernel takes no layer that is attached nowhere",
    }),
    step("close", [names.place]),
  ];
}

/** It goes out of sight, and ends with the last who uses it. */
export function detachScratch(names: Names): Step {
  return step("umount2", [pathOf(names.scratch), MNT_DETACH], { why: "no trace of it remains" });
}

/** A directory of it, opened. */
export function scratchDirectory(names: Names, name: string, as: Result): Step[] {
  return [
    step("mkdirat", [names.scratch, name, 0o755]),
    step("openat", [names.scratch, name, O_LAYER], { as: as.result }),
  ];
}

/** The path of what a descriptor stands for, whatever its name is made of. */
export function pathOf(descriptor: Result, below = ""): Value {
  return text("/proc/self/fd/", descriptor, below);
}
