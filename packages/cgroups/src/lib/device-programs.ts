import type { DeviceRule } from "./resources.ts";

/**
 * Device rules of a v2 group: the kernel has no file for them but runs an eBPF program at every
 * `open` and `mknod`. `@x/cgroups/devices` has this; the main entry makes no system call.
 */
export interface DevicePrograms {
  /** Puts `rules` in force for the group at `directory`, in place of its rules so far, at once. */
  attach(directory: string, rules: readonly DeviceRule[]): void;
  /** The rules in force; undefined when there are none of ours. */
  rules(directory: string): readonly DeviceRule[] | undefined;
}
