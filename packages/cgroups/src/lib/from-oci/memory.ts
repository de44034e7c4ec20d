import { CgroupError } from "../error.ts";
import { present } from "../present.ts";
import type { MemoryLimits } from "../resources.ts";
import { limitUnlessZero } from "./limit.ts";
import type { OciMemory } from "./parts.ts";

/** `memory` of an OCI config in our words. */
export function memoryFromOci(memory: OciMemory): MemoryLimits {
  if (memory.useHierarchy === false) {
    throw new CgroupError(
      "X_CGROUP_UNSUPPORTED",
      "a group's memory is always counted in the groups above too, since Linux 5.11",
      { field: "memory.useHierarchy", hint: "Leave it out" },
    );
  }
  const { swappiness } = memory;
  return present<MemoryLimits>({
    limit: limitUnlessZero(memory.limit),
    reservation: limitUnlessZero(memory.reservation),
    swap: limitUnlessZero(memory.swap),
    kernel: limitUnlessZero(memory.kernel),
    kernelTCP: limitUnlessZero(memory.kernelTCP),
    // Engines write -1 for the machine's own.
    swappiness: swappiness === -1 ? undefined : (swappiness ?? undefined),
    disableOOMKiller: memory.disableOOMKiller ?? undefined,
    checkBeforeUpdate: memory.checkBeforeUpdate ?? undefined,
  });
}
