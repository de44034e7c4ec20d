import type { Act } from "../act.ts";
import { callOf } from "../compile/failure.ts";
import type { ChannelRecord } from "../record.ts";

/** How long one act of a plan took, measured in the launcher by CLOCK_MONOTONIC. */
export interface Timing {
  readonly index: number;
  readonly depth: number;
  readonly syscall: string;
  /** When it began, in nanoseconds of CLOCK_MONOTONIC. */
  readonly startNs: bigint;
  readonly durationNs: number;
}

/** The timing in a record of the kind `trace`. */
export function timingOf(act: Act, { start, end }: ChannelRecord): Timing {
  const { index, depth } = act;
  const durationNs = Number(end - start);
  return { index, depth, syscall: callOf(act), startNs: start, durationNs };
}
