import type { Controller } from "../controller.ts";
import { cpu } from "./cpu.ts";
import { cpuset } from "./cpuset.ts";
import { devices } from "./devices.ts";
import { dmem } from "./dmem.ts";
import { freezer } from "./freezer.ts";
import { hugetlb } from "./hugetlb.ts";
import { io } from "./io.ts";
import { memory } from "./memory.ts";
import { misc } from "./misc.ts";
import { perfEvent } from "./perf-event.ts";
import { pids } from "./pids.ts";
import { rdma } from "./rdma.ts";

/** Every subsystem as cgroup v2 has it; what groups have without any is `core`. */
export const v2: readonly Controller[] = [
  cpu,
  cpuset,
  memory,
  io,
  pids,
  hugetlb,
  rdma,
  misc,
  dmem,
  devices,
  freezer,
  perfEvent,
];
