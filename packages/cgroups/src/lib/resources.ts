import type { Duration, Limit, Size } from "./units.ts";

/**
 * What the processes of a group may use together. The names are those of `linux.resources` in an
 * OCI config, so that such an object can be given as it is (`fromOci` takes its `-1`); what OCI has
 * no name for is named as the kernel names it. A plain number is in the unit that the field says.
 */
export interface Resources {
  readonly cpu?: CpuLimits;
  readonly memory?: MemoryLimits;
  readonly pids?: PidsLimits;
  readonly blockIO?: BlockIoLimits;
  readonly hugepageLimits?: readonly HugepageLimit[];
  readonly network?: NetworkLimits;
  /** By device, as in `/sys/class/infiniband`. */
  readonly rdma?: Readonly<Record<string, RdmaLimits>>;
  /** Which device nodes may be opened and made; the last rule that fits decides. */
  readonly devices?: readonly DeviceRule[];
  /** By resource, as in the root's `misc.capacity`; v2 and kernels that have it on v1. */
  readonly misc?: Readonly<Record<string, Limit>>;
  /** Device memory by region, as in the root's `dmem.capacity`; v2, Linux 6.14. */
  readonly dmem?: Readonly<Record<string, DmemLimits>>;
  /** Any file of a v2 group by name, written after all else, as OCI's `unified`. */
  readonly unified?: Readonly<Record<string, string>>;
}

export interface CpuLimits {
  /** v1: relative share of CPU time among siblings, 2 to 262144; 1024 is the kernel's default. */
  readonly shares?: number;
  /** v2: relative share of CPU time among siblings, 1 to 10000; 100 is the kernel's default. */
  readonly weight?: number;
  /** Time all of them may run within a `period`: microseconds, or `"50ms"`. */
  readonly quota?: Duration | "max";
  /** 1 ms to 1 s; 100 ms is the kernel's default. */
  readonly period?: Duration;
  /** Unused quota that may be saved up for later, up to the quota. */
  readonly burst?: Duration;
  /** Runs only when nothing else wants to (`SCHED_IDLE` for the group). */
  readonly idle?: boolean | 0 | 1;
  /** v1: real-time scheduling: how much of `realtimePeriod`. */
  readonly realtimeRuntime?: Duration;
  readonly realtimePeriod?: Duration;
  /** Least and greatest utilisation the scheduler assumes, in percent of a CPU. */
  readonly uclampMin?: number;
  readonly uclampMax?: number | "max";
  /** The CPUs to run on: `"0-2,4"`. */
  readonly cpus?: string;
  /** The memory nodes to allocate from: `"0"`. */
  readonly mems?: string;
  /** v2: whether the group's CPUs are taken from its siblings. */
  readonly partition?: "member" | "root" | "isolated";
}

export interface MemoryLimits {
  /** Bytes, or `"256MiB"`. Beyond it the kernel reclaims, and then kills. */
  readonly limit?: Size | "max";
  /** v1's soft limit: where reclaim goes back to when the machine is short. */
  readonly reservation?: Size | "max";
  /** Memory *and* swap together, as OCI has it; equal to `limit` means no swap. */
  readonly swap?: Size | "max";
  /** v1: kernel memory; kernels from 5.16 on refuse it. */
  readonly kernel?: Size | "max";
  /** v1: TCP buffers. */
  readonly kernelTCP?: Size | "max";
  /** v1: 0 to 100 (200 on newer kernels): how gladly anonymous memory is swapped out. */
  readonly swappiness?: number;
  /** v1: at the limit processes wait instead of being killed. */
  readonly disableOOMKiller?: boolean;
  /** v2: out of memory kills all of the group instead of one process. */
  readonly oomGroup?: boolean;
  /** v2: never reclaimed below this. */
  readonly min?: Size | "max";
  /** v2: reclaimed below this only if nothing else is left. */
  readonly low?: Size | "max";
  /** v2: beyond it processes are slowed down and reclaimed from, never killed. */
  readonly high?: Size | "max";
  /** OCI: refuse a `limit` below what is used already, instead of reclaiming or killing. */
  readonly checkBeforeUpdate?: boolean;
}

export interface PidsLimits {
  /** Processes and threads. */
  readonly limit: Limit;
}

export interface BlockIoLimits {
  /** Relative share of a disk, 10 to 1000; needs the BFQ scheduler, or `io.weight` of v2. */
  readonly weight?: number;
  readonly weightDevice?: readonly WeightDevice[];
  /** v1 before 5.0: the CFQ scheduler is gone, and this with it. */
  readonly leafWeight?: number;
  /** Bytes a second. */
  readonly throttleReadBpsDevice?: readonly ThrottleDevice[];
  readonly throttleWriteBpsDevice?: readonly ThrottleDevice[];
  /** Operations a second. */
  readonly throttleReadIOPSDevice?: readonly ThrottleDevice[];
  readonly throttleWriteIOPSDevice?: readonly ThrottleDevice[];
  /** v2: the latency a device is to keep for this group, at the cost of its siblings. */
  readonly latencyDevice?: readonly LatencyDevice[];
}

/** A block device by its numbers, as `lsblk` prints them. */
export interface BlockDevice {
  readonly major: number;
  readonly minor: number;
}

export interface WeightDevice extends BlockDevice {
  readonly weight?: number;
  readonly leafWeight?: number;
}

export interface ThrottleDevice extends BlockDevice {
  /** Bytes a second (or `"1MiB"`), or operations a second. */
  readonly rate: Size | "max";
}

export interface LatencyDevice extends BlockDevice {
  readonly target: Duration;
}

export interface HugepageLimit {
  /** As the kernel writes it: `2MB`, `1GB`. */
  readonly pageSize: string;
  readonly limit: Size | "max";
}

export interface NetworkLimits {
  /** v1: tags the packets of the group's sockets; `0xAAAABBBB` is tc's class `AAAA:BBBB`. */
  readonly classID?: number;
  /** v1: priority of outgoing packets by network device. */
  readonly priorities?: readonly { readonly name: string; readonly priority: number }[];
}

export interface RdmaLimits {
  readonly hcaHandles?: Limit;
  readonly hcaObjects?: Limit;
}

export interface DmemLimits {
  readonly max?: Size | "max";
  readonly low?: Size;
  readonly min?: Size;
}

export interface DeviceRule {
  readonly allow: boolean;
  /** `a` (the default) is every kind. */
  readonly type?: "a" | "b" | "c";
  /** All of them unless given. */
  readonly major?: number;
  readonly minor?: number;
  /** Of `r`ead, `w`rite and `m`knod; all three unless given. */
  readonly access?: string;
}
