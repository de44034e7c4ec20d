import type { Resources } from "./resources.ts";
import type { Stat } from "./stat.ts";

/** The subsystems of the kernel. `io` is v2's name for what v1 calls `blkio`. */
export type ControllerName =
  | "cpu"
  | "cpuacct"
  | "cpuset"
  | "memory"
  | "io"
  | "devices"
  | "net_cls"
  | "net_prio"
  | "freezer"
  | "pids"
  | "hugetlb"
  | "perf_event"
  | "rdma"
  | "misc"
  | "dmem";

/**
 * One subsystem in one version: what to write for a description, and what its files say. Pure but
 * for the files it is given; the same name in `v1/` and `v2/` shows what changed between the two.
 */
export interface Controller {
  readonly name: ControllerName;
  /** The fields of `Resources` that are this one's: `cpu.shares`, `memory`. */
  readonly fields: readonly string[];
  /** What to write, in order. Throws `CgroupError` with the field for what it cannot express. */
  settings?(resources: Resources, context: SettingContext): Setting[];
  /** What is set now, in the words of the description. */
  limits?(files: Files): Resources;
  /** What has been used, by part; several controllers may each know a piece of one part. */
  readonly stat?: { readonly [P in keyof Stat]?: (files: Files) => Partial<Stat[P]> | undefined };
}

/** A file of the group and what is to be written into it. */
export interface Setting {
  readonly controller: ControllerName;
  /** Its name in the group's directory: `memory.max`. */
  readonly file: string;
  readonly value: string;
  /** The field it comes from: `memory.limit`. */
  readonly field: string;
}

/** What is known when settings are worked out. */
export interface SettingContext {
  /** What the group's files say now. */
  readonly files: Files;
  /** The group above. */
  readonly parent: Files;
  /** The group was made just now: it has the kernel's defaults, and nobody is in it. */
  readonly fresh: boolean;
  /** Takes note of a conversion; throws `X_CGROUP_UNSUPPORTED` unless conversions were asked for. */
  convert(conversion: Conversion): void;
}

/** A limit of the other version, and what came of it. */
export interface Conversion {
  /** `cpu.shares` */
  readonly field: string;
  /** `cpu.shares = 512` */
  readonly from: string;
  /** `cpu.weight = 59` */
  readonly to: string;
  /** The formula, or what is lost. */
  readonly rule: string;
}

/** Files of one group's directory in one hierarchy. */
export interface Files {
  /** The text of a file, without the last line end; undefined when there is no such file. */
  read(file: string): string | undefined;
}
