import type { MemoryLimits } from "../resources.ts";
import { unsupported } from "./refusal.ts";

/** Refuses what only v2 can do, unless it asks for what v1 does anyway. */
export function refuseNewerLimits({ min, high, oomGroup }: MemoryLimits): void {
  if (min !== undefined && min !== 0) {
    throw unsupported(
      "memory.min",
      "cgroup v1 keeps no memory from being reclaimed, it only reclaims from others first",
      "Give memory.reservation, its soft limit",
    );
  }
  if (high !== undefined && high !== "max") {
    throw unsupported(
      "memory.high",
      "cgroup v1 has no limit that slows down without killing",
      "Give memory.limit; with memory.disableOOMKiller processes wait at it instead of being killed",
    );
  }
  if (oomGroup === true) {
    throw unsupported(
      "memory.oomGroup",
      "cgroup v1 kills one process when memory runs out, not all of the group",
      "Watch for the event oom-kill, and kill the group then",
    );
  }
}
