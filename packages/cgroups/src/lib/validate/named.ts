import type { DmemLimits, RdmaLimits } from "../resources.ts";
import { every, invalid, object, recordOf, text, type Check } from "./check.ts";
import { orMax, size, whole } from "./quantity.ts";

/** A name stands before a space in the line that sets it. */
const name: Check = text(/^[^\s\0=]{1,255}$/, "a name without spaces");

/** S32_MAX of the kernel, past which it takes numbers for max. */
const count = orMax(whole(0, 2 ** 31 - 1));

const rdmaLimits: Check = every(
  object<RdmaLimits>({ hcaHandles: count, hcaObjects: count }),
  (value, field) => {
    const { hcaHandles, hcaObjects } = value as RdmaLimits;
    if (hcaHandles === undefined && hcaObjects === undefined) {
      throw invalid(field, "has neither hcaHandles nor hcaObjects");
    }
  },
);

/** `Resources.rdma` */
export const rdma: Check = recordOf(name, rdmaLimits);

/** `Resources.misc` */
export const misc: Check = recordOf(name, orMax(whole(0, Number.MAX_SAFE_INTEGER)));

/** `Resources.dmem` */
export const dmem: Check = recordOf(
  name,
  object<DmemLimits>({ max: orMax(size()), low: size(), min: size() }),
);
