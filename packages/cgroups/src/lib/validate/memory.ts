import type { MemoryLimits } from "../resources.ts";
import { sizeText } from "../units.ts";
import { every, invalid, object, oneOf, type Check } from "./check.ts";
import { bytes, orMax, size, whole } from "./quantity.ts";

const bytesOrMax = orMax(size());

const fields = object<MemoryLimits>({
  limit: bytesOrMax,
  reservation: bytesOrMax,
  swap: bytesOrMax,
  kernel: bytesOrMax,
  kernelTCP: bytesOrMax,
  swappiness: whole(0, 200),
  disableOOMKiller: oneOf(true, false),
  oomGroup: oneOf(true, false),
  min: bytesOrMax,
  low: bytesOrMax,
  high: bytesOrMax,
  checkBeforeUpdate: oneOf(true, false),
});

/** `Resources.memory` */
export const memory: Check = every(fields, (value, field) => {
  const limits = value as MemoryLimits;
  const limit = bytes(limits.limit, `${field}.limit`);
  const swap = bytes(limits.swap, `${field}.swap`);
  if (swap === undefined || swap === "max" || limit === undefined) return;
  if (limit === "max") {
    throw invalid(
      `${field}.swap`,
      "memory and swap together cannot be less than memory alone",
      why,
    );
  }
  if (swap < limit) {
    const [together, alone] = [sizeText(swap), sizeText(limit)];
    throw invalid(`${field}.swap`, `${together} are less than the limit, ${alone}`, why);
  }
});

const why =
  "It counts memory and swap together, as OCI has it; the same as the limit means no swap";
