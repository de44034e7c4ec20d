import type { GroupDirectory } from "@x/cgroups";
import type { OverlayFacts } from "@x/unionfs";

/**
 * What a plan must know of this machine. It is learned once, before a launch, and goes into the
 * plan as a value: the plan itself is a pure function.
 */
export interface Facts {
  /** The ids of this process. */
  readonly uid: number;
  readonly gid: number;
  /** How `/bin`, `/lib` and the like are on this machine: a link (its target) or a directory. */
  readonly topLevel: Readonly<Record<string, Entry>>;
  /** What of `/etc` is there to be shared. */
  readonly etc: Readonly<Record<string, Entry>>;
  /** What the source of each bind mount is, by path. */
  readonly sources: Readonly<Record<string, "file" | "directory">>;
  /** Paths in `/proc` and `/sys` that a container would cover and this kernel does not have. */
  readonly missing?: readonly string[];
  /** What the source of each device is, by path. */
  readonly devices?: Readonly<Record<string, DeviceNode>>;
  /** What this machine's overlay can do, for a root that is a union. */
  readonly overlay?: OverlayFacts;
  /** The container's control group, one directory in each hierarchy, if it has one. */
  readonly cgroup?: readonly GroupDirectory[];
}

/** A device node as stat(2) shows it. */
export interface DeviceNode {
  /** Block or character. */
  readonly type: "b" | "c";
  readonly major: number;
  readonly minor: number;
  /** Permissions alone. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** What there is at a path. */
export type Entry = "file" | "directory" | { readonly link: string };

/** Directories beside `/usr` that programs expect; links into it on most machines of today. */
export const TOP_LEVEL = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"] as const;

/** The parts of `/etc` that programs need and that hold no secret. */
export const ETC = ["alternatives", "ld.so.cache", "ssl/certs"] as const;
/** Only with the host's network. */
export const ETC_NETWORK = ["resolv.conf"] as const;
