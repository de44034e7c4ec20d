import type { PidsLimits } from "../resources.ts";
import { object, type Check } from "./check.ts";
import { orMax, whole } from "./quantity.ts";

/** PID_MAX_LIMIT of 64-bit kernels; pids.max takes no number beyond. */
const mostPids = 4_194_304;

/** `Resources.pids` */
export const pids: Check = object<PidsLimits>({ limit: orMax(whole(0, mostPids)) }, ["limit"]);
