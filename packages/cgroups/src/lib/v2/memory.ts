import type { Controller, Files } from "../controller.ts";
import { parseFlatKeyed } from "../parse/flat-keyed.ts";
import type { MemoryLimits } from "../resources.ts";
import type { MemoryEvents, MemoryStat } from "../stat.ts";
import type { Limit } from "../units.ts";
import { present } from "../present.ts";
import { limitIn, numberIn } from "./file-value.ts";
import { memoryDetail } from "./memory-detail.ts";
import { memorySettings } from "./memory-settings.ts";

/** Memory and swap. Source: "Memory" of Documentation/admin-guide/cgroup-v2.rst. */
export const memory: Controller = {
  name: "memory",
  fields: ["memory"],
  settings: memorySettings,
  limits(files) {
    const limit = limitIn(files, "memory.max");
    // The root group has no such files.
    if (limit === undefined) return {};
    const group = numberIn(files, "memory.oom.group");
    return {
      memory: present<MemoryLimits>({
        limit,
        swap: together(limit, limitIn(files, "memory.swap.max")),
        high: limitIn(files, "memory.high"),
        low: limitIn(files, "memory.low"),
        min: limitIn(files, "memory.min"),
        oomGroup: group === undefined ? undefined : group === 1,
      }),
    };
  },
  stat: {
    memory(files) {
      const current = numberIn(files, "memory.current");
      if (current === undefined) return undefined;
      return present<MemoryStat>({
        current,
        peak: numberIn(files, "memory.peak"),
        limit: limitIn(files, "memory.max") ?? "max",
        swapCurrent: numberIn(files, "memory.swap.current"),
        swapLimit: limitIn(files, "memory.swap.max"),
        events: eventsIn(files),
      });
    },
    memoryStat(files) {
      const text = files.read("memory.stat");
      return text === undefined ? undefined : memoryDetail(text);
    },
  },
};

function eventsIn(files: Files): MemoryEvents {
  const raw = parseFlatKeyed(files.read("memory.events") ?? "");
  return present<MemoryEvents>({
    low: raw["low"],
    high: raw["high"],
    max: raw["max"] ?? 0,
    oom: raw["oom"],
    oomKill: raw["oom_kill"] ?? 0,
    oomGroupKill: raw["oom_group_kill"],
  });
}

/** As OCI counts, memory and swap in one; a limit of swap alone has no word there. */
function together(limit: Limit, swap: Limit | undefined): Limit | undefined {
  if (swap === undefined || swap === "max") return swap;
  return limit === "max" ? undefined : limit + swap;
}
