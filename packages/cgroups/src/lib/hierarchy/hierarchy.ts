import type { ControllerName } from "../controller.ts";

/** One tree of groups, as it is mounted here. */
export interface Hierarchy {
  readonly version: 1 | 2;
  /** Where it is mounted: `/sys/fs/cgroup/memory`. */
  readonly mountpoint: string;
  /** The group that the mount point shows, as seen from our cgroup namespace: `/`, `/../..`. */
  readonly root: string;
  /** What it controls; empty for a named hierarchy of v1. */
  readonly controllers: readonly ControllerName[];
  /** v1: `systemd` for `name=systemd`. */
  readonly name?: string;
  readonly readonly: boolean;
  /**
   * The mount shows groups outside our cgroup namespace, and the kernel lets no process across its
   * edge (`nsdelegate`).
   */
  readonly fenced?: true;
  /** The group of this process, from the mount point on: `/`; undefined when it is outside. */
  readonly own?: string;
}

/** What of control groups this process sees. */
export interface Hierarchies {
  readonly mode: "v1" | "v2" | "hybrid" | "none";
  readonly all: readonly Hierarchy[];
}

/** A group's directory in one hierarchy. */
export interface GroupDirectory {
  readonly hierarchy: Hierarchy;
  readonly path: string;
}
