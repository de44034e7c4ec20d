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
export { createCgroup, type CreateOptions } from "./lib/create.ts";
export { cgroupsOf, listCgroups, openCgroup, type OpenOptions } from "./lib/open.ts";
export { sweep } from "./lib/sweep.ts";
export { delegation, type Delegation } from "./lib/delegation.ts";
export { detect } from "./lib/hierarchy/detect.ts";
export type { GroupDirectory, Hierarchies, Hierarchy } from "./lib/hierarchy/hierarchy.ts";
export type { Cgroup } from "./lib/cgroup.ts";
export type {
  CgroupEvent,
  CgroupEventKind,
  CgroupEvents,
  EventOptions,
} from "./lib/group/events.ts";
export type { LimitOptions } from "./lib/group/settings.ts";
export type { WaitOptions } from "./lib/group/until-empty.ts";
export type { DevicePrograms } from "./lib/device-programs.ts";
export { fromOci, type OciResources } from "./lib/from-oci.ts";
