import type { Limit } from "../units.ts";

/** So much of every period. */
export interface Bandwidth {
  readonly runtime: Limit;
  readonly period: number;
}

/** Which of the two files is written first; `"neither"` when both orders lead astray. */
export type First = "period" | "runtime" | "neither";

/**
 * How to get from one bandwidth to another when the two numbers are written one after the other. The
 * kernel compares what is set in between with the groups above, which it must not exceed, and those
 * below, which must not exceed it; it passes when its share lies between the old one and the new.
 */
export function firstToWrite(before: Bandwidth, after: Bandwidth): First {
  const shares = [shareOf(before), shareOf(after)];
  const [least, most] = [Math.min(...shares), Math.max(...shares)];
  const passes = (between: Bandwidth): boolean => {
    const share = shareOf(between);
    return share >= least && share <= most;
  };
  if (passes({ runtime: before.runtime, period: after.period })) return "period";
  return passes({ runtime: after.runtime, period: before.period }) ? "runtime" : "neither";
}

function shareOf({ runtime, period }: Bandwidth): number {
  return runtime === "max" ? Number.POSITIVE_INFINITY : runtime / period;
}
