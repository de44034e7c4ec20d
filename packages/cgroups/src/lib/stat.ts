import type { Limit } from "./units.ts";

/**
 * What a group has used. Names are those of the kernel's v2 files in camel case, times are
 * microseconds, memory is bytes; a v1 kernel's numbers are converted. What a version does not count
 * is missing.
 */
export interface Stat {
  readonly cpu: CpuStat;
  readonly cpuset: CpusetStat;
  readonly memory: MemoryStat;
  readonly memoryStat: MemoryDetail;
  /** By device. */
  readonly io: readonly IoStat[];
  readonly pids: PidsStat;
  /** By page size, as in `2MB`. */
  readonly hugetlb: Readonly<Record<string, HugetlbStat>>;
  /** By device, then `hcaHandle` and `hcaObject`. */
  readonly rdma: Readonly<Record<string, RdmaStat>>;
  /** By resource. */
  readonly misc: Readonly<Record<string, MiscStat>>;
  /** By region. */
  readonly dmem: Readonly<Record<string, DmemStat>>;
  /** Time lost waiting, as a share and in all; Linux with `CONFIG_PSI`, in a v2 tree. */
  readonly pressure: Pressure;
  /** About the group itself, in a v2 tree. */
  readonly cgroup: GroupStat;
}

/** A part that can be asked for alone. */
export type StatPart = keyof Stat;

export interface CpuStat {
  readonly usageUsec?: number;
  readonly userUsec?: number;
  readonly systemUsec?: number;
  /** v1: usage by CPU. */
  readonly perCpuUsec?: readonly number[];
  readonly niceUsec?: number;
  readonly nrPeriods?: number;
  readonly nrThrottled?: number;
  readonly throttledUsec?: number;
  readonly nrBursts?: number;
  readonly burstUsec?: number;
}

export interface CpusetStat {
  /** What the group has in fact: `0-1`. */
  readonly cpus: string;
  readonly mems: string;
  /** v2: the partition, with the reason when it is invalid. */
  readonly partition?: string;
}

export interface MemoryStat {
  readonly current: number;
  readonly peak?: number;
  readonly limit: Limit;
  /** Swap alone, on both versions. */
  readonly swapCurrent?: number;
  readonly swapLimit?: Limit;
  readonly events: MemoryEvents;
}

export interface MemoryEvents {
  readonly low?: number;
  readonly high?: number;
  /** Times the limit was hit (`memory.failcnt` of v1). */
  readonly max: number;
  readonly oom?: number;
  /** Processes killed for want of memory. */
  readonly oomKill: number;
  readonly oomGroupKill?: number;
  /** v1: processes are waiting for memory now. */
  readonly underOom?: boolean;
}

/** `memory.stat`. Known names are the same for both versions; `raw` is the file, by its names. */
export interface MemoryDetail {
  readonly anon: number;
  readonly file: number;
  readonly shmem?: number;
  readonly fileMapped?: number;
  readonly fileDirty?: number;
  readonly fileWriteback?: number;
  readonly inactiveAnon?: number;
  readonly activeAnon?: number;
  readonly inactiveFile?: number;
  readonly activeFile?: number;
  readonly unevictable?: number;
  readonly kernel?: number;
  readonly slab?: number;
  readonly sock?: number;
  readonly pgfault?: number;
  readonly pgmajfault?: number;
  readonly raw: Readonly<Record<string, number>>;
}

export interface IoStat {
  readonly major: number;
  readonly minor: number;
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly readOps: number;
  readonly writeOps: number;
  readonly discardBytes?: number;
  readonly discardOps?: number;
}

export interface PidsStat {
  readonly current: number;
  readonly peak?: number;
  readonly limit: Limit;
  /** Forks that failed at the limit. */
  readonly events: { readonly max?: number };
}

export interface HugetlbStat {
  readonly current: number;
  readonly peak?: number;
  readonly limit: Limit;
  readonly events: { readonly max: number };
}

export interface RdmaStat {
  readonly hcaHandle: number;
  readonly hcaObject: number;
}

export interface MiscStat {
  readonly current: number;
  readonly peak?: number;
  readonly limit?: Limit;
  readonly events?: { readonly max: number };
}

export interface DmemStat {
  readonly current: number;
}

/** pressure stall information, Documentation/accounting/psi.rst */
export interface Pressure {
  readonly cpu?: PressureStall;
  readonly memory?: PressureStall;
  readonly io?: PressureStall;
  readonly irq?: PressureStall;
}

export interface PressureStall {
  /** At least one task was waiting. */
  readonly some?: PressureShare;
  /** All of them were. */
  readonly full?: PressureShare;
}

export interface PressureShare {
  /** Percent of the last 10, 60 and 300 seconds. */
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
  readonly totalUsec: number;
}

export interface GroupStat {
  /** A process lives in it or below it. */
  readonly populated: boolean;
  readonly frozen: boolean;
  readonly descendants?: number;
  readonly dyingDescendants?: number;
}
