import type { Machine } from "./machine.ts";
import type { Resources } from "./resources.ts";
import { blockIO } from "./validate/block-io.ts";
import { object } from "./validate/check.ts";
import { cpu } from "./validate/cpu.ts";
import { devices } from "./validate/devices.ts";
import { hugepageLimits } from "./validate/hugepages.ts";
import { memory } from "./validate/memory.ts";
import { dmem, misc, rdma } from "./validate/named.ts";
import { network } from "./validate/network.ts";
import { pids } from "./validate/pids.ts";
import { unified } from "./validate/unified.ts";

/**
 * Refuses a description that makes no sense on any version of control groups, or on this machine:
 * `CgroupError` `X_CGROUP_INVALID` with the field. Looks at nothing but its arguments; what only one
 * version lacks is that version's to refuse.
 */
export function validate(resources: Resources, machine: Machine): void {
  check(resources, "", machine);
}

const check = object<Resources>({
  cpu,
  memory,
  pids,
  blockIO,
  hugepageLimits,
  network,
  rdma,
  devices,
  misc,
  dmem,
  unified,
});
