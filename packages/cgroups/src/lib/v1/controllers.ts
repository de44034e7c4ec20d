import type { Controller } from "../controller.ts";
import { blkio } from "./blkio.ts";
import { cpu } from "./cpu.ts";
import { cpuacct } from "./cpuacct.ts";
import { cpuset } from "./cpuset.ts";
import { devices } from "./devices.ts";
import { freezer } from "./freezer.ts";
import { hugetlb } from "./hugetlb.ts";
import { memory } from "./memory.ts";
import { misc } from "./misc.ts";
import { netCls } from "./net-cls.ts";
import { netPrio } from "./net-prio.ts";
import { perfEvent } from "./perf-event.ts";
import { pids } from "./pids.ts";
import { rdma } from "./rdma.ts";

/** Every subsystem of v1. */
export const v1: readonly Controller[] = [
  cpu,
  cpuacct,
  cpuset,
  memory,
  blkio,
  devices,
  netCls,
  netPrio,
  freezer,
  pids,
  hugetlb,
  perfEvent,
  rdma,
  misc,
];
