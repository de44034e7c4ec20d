/**
 * Control groups: how much of the machine a set of processes may use, and how much it has used.
 *
 * @packageDocumentation
 */
export { CgroupError, type CgroupErrorCode, type CgroupErrorDetails } from "./lib/error.ts";
export type {
  BlockDevice,
  BlockIoLimits,
  CpuLimits,
  DeviceRule,
  DmemLimits,
  HugepageLimit,
  LatencyDevice,
  MemoryLimits,
  NetworkLimits,
  PidsLimits,
  RdmaLimits,
  Resources,
  ThrottleDevice,
  WeightDevice,
} from "./lib/resources.ts";
export type {
  CpuStat,
  CpusetStat,
  DmemStat,
  GroupStat,
  HugetlbStat,
  IoStat,
  MemoryDetail,
  MemoryEvents,
  MemoryStat,
  MiscStat,
  PidsStat,
  Pressure,
  PressureShare,
  PressureStall,
  RdmaStat,
  Stat,
  StatPart,
} from "./lib/stat.ts";
export type { ControllerName, Conversion } from "./lib/controller.ts";
export type { Duration, Limit, Size } from "./lib/units.ts";
