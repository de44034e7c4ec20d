import type { Files } from "../controller.ts";
import { parseFlatKeyed } from "../parse/flat-keyed.ts";
import type { MemoryStat } from "../stat.ts";
import type { Limit } from "../units.ts";
import { present } from "../present.ts";
import { readBytes, readNumber } from "./read-number.ts";

/** Memory in use and its limit, from the cheap files: `memory.stat` makes the kernel add up. */
export function memoryStat(files: Files): MemoryStat | undefined {
  const current = readNumber(files, "memory.usage_in_bytes");
  if (current === undefined) return undefined;
  const limit = readBytes(files, "memory.limit_in_bytes") ?? "max";
  const both = readNumber(files, "memory.memsw.usage_in_bytes");
  const oom = parseFlatKeyed(files.read("memory.oom_control") ?? "");
  return present<MemoryStat>({
    current,
    peak: readNumber(files, "memory.max_usage_in_bytes"),
    limit,
    // The two are read one after the other: what is freed in between must not count as swap below 0.
    swapCurrent: both === undefined ? undefined : Math.max(0, both - current),
    swapLimit: swapAlone(readBytes(files, "memory.memsw.limit_in_bytes"), limit),
    events: {
      // Where memory and swap together have the lower limit, or the same, that one is hit first.
      max:
        (readNumber(files, "memory.failcnt") ?? 0) +
        (readNumber(files, "memory.memsw.failcnt") ?? 0),
      oomKill: oom["oom_kill"] ?? 0,
      underOom: oom["under_oom"] === 1,
    },
  });
}

/** v1 limits memory and swap together; a limit of memory is never above it. */
function swapAlone(both: Limit | undefined, memory: Limit): Limit | undefined {
  return typeof both === "number" && typeof memory === "number" ? both - memory : both;
}
