import type { Controller } from "../controller.ts";
import { unsupported } from "./unsupported.ts";

/** Network class ids, which v2 has not: packets are told apart by the group's path instead. */
export const netCls: Controller = {
  name: "net_cls",
  fields: ["network.classID"],
  settings({ network }) {
    if (network?.classID === undefined) return [];
    throw unsupported("network.classID", "class ids", instead("net_cls"));
  },
};

/** Network priorities, which v2 has not. */
export const netPrio: Controller = {
  name: "net_prio",
  fields: ["network.priorities"],
  settings({ network }) {
    if (network?.priorities === undefined) return [];
    throw unsupported("network.priorities", "priorities by network device", instead("net_prio"));
  },
};

function instead(controller: string): string {
  return `Match the group in nft with 'socket cgroupv2 level 1 "GROUP"' and mark or prioritise there, or mount v1 beside v2: mount -t cgroup -o ${controller} none DIR`;
}
