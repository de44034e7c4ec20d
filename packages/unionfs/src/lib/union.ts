import type { Value } from "@x/plan";

/** What a union is made of, as its steps take it. */
export interface UnionLayers {
  /** Directories that are only read, the topmost first; at most 500. */
  readonly lower: readonly string[];
  /** Where all that is written goes. Without it, and without `tmpfs`, the union is read-only. */
  readonly upper?: string;
  /** An empty directory on the file system of `upper`, for the kernel alone. Goes with `upper`. */
  readonly work?: string;
  /** What is written goes into memory, and is gone with the union. */
  readonly tmpfs?: TmpfsUpper;
  /** Nothing can be written; an `upper` is then the topmost of the lower directories. */
  readonly readonly?: boolean;
  /**
   * What is written need not survive a crash of the machine: no `fsync` reaches the disk, which
   * makes a union that writes a lot faster. After a crash the upper directory is to be thrown away.
   */
  readonly volatile?: boolean;
}

/** An upper directory in memory. */
export interface TmpfsUpper {
  /** The most that it takes, in bytes, rounded up to pages; half of the machine's memory by default. */
  readonly sizeBytes?: number;
}

/** What {@link unionSteps} takes besides the layers. */
export interface UnionStepsOptions extends UnionLayers {
  /** The name of the result that is the mount's descriptor; `"union"` unless given. */
  readonly as?: string;
  /** Attributes of the mount: `MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV`, say. None unless given. */
  readonly attributes?: number;
  /**
   * A descriptor of the user namespace whose ids the lower directories get: id-mapped mounts.
   * Source: mount_setattr(2), `MOUNT_ATTR_IDMAP`.
   */
  readonly idmap?: Value;
  /** What the list of mounts names as its source; `"overlay"` unless given. */
  readonly source?: string;
  /** The part of the caller's input that all this comes from; errors carry `FIELD.lower[2]`. */
  readonly field?: string;
}

/** What {@link unionSteps} must know of this machine; learned once by trying. */
export interface OverlayFacts {
  /**
   * How the kernel takes layers. `descriptor`: `FSCONFIG_SET_FD` (6.13 and newer); `path`: one by
   * one in `lowerdir+` (6.8); `data`: all in the one page of `mount(2)`, named by number from
   * within `/proc/self/fd`.
   */
  readonly layers: "descriptor" | "path" | "data";
  /** A layer may lie on a mount that is attached nowhere (6.15 and newer). */
  readonly detached: boolean;
  /** The mount is made inside a user namespace: marks are `user.overlay.` attributes. */
  readonly userNamespace: boolean;
}
