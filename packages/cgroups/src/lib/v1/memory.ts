import type { Controller } from "../controller.ts";
import { present } from "../present.ts";
import type { MemoryLimits } from "../resources.ts";
import { parseFlatKeyed } from "../parse/flat-keyed.ts";
import { memoryDetail } from "./memory-detail.ts";
import { memorySettings } from "./memory-settings.ts";
import { memoryStat } from "./memory-stat.ts";
import { readBytes, readNumber } from "./read-number.ts";

/** Memory and swap: Documentation/admin-guide/cgroup-v1/memory.rst. */
export const memory: Controller = {
  name: "memory",
  fields: ["memory"],
  settings: ({ memory: limits = {} }, context) => memorySettings(limits, context),

  limits(files) {
    const oom = files.read("memory.oom_control");
    const limits = present<MemoryLimits>({
      limit: readBytes(files, "memory.limit_in_bytes"),
      reservation: readBytes(files, "memory.soft_limit_in_bytes"),
      swap: readBytes(files, "memory.memsw.limit_in_bytes"),
      kernel: readBytes(files, "memory.kmem.limit_in_bytes"),
      kernelTCP: readBytes(files, "memory.kmem.tcp.limit_in_bytes"),
      swappiness: readNumber(files, "memory.swappiness"),
      disableOOMKiller:
        oom === undefined ? undefined : parseFlatKeyed(oom)["oom_kill_disable"] === 1,
    });
    return Object.keys(limits).length === 0 ? {} : { memory: limits };
  },

  stat: { memory: memoryStat, memoryStat: memoryDetail },
};
