import type { Resources } from "@x/cgroups";

/** Limits in plain numbers: each of the others takes them in words of its own. */
export interface Numbers {
  readonly memoryBytes: number;
  readonly quotaMicroseconds: number;
  readonly periodMicroseconds: number;
  readonly pids: number;
}

/** What every group is held to. */
export const numbers: Numbers = {
  memoryBytes: 64 * 2 ** 20,
  quotaMicroseconds: 50_000,
  periodMicroseconds: 100_000,
  pids: 100,
};

/** The same in ours. */
export const limits: Resources = {
  memory: { limit: numbers.memoryBytes },
  cpu: { quota: numbers.quotaMicroseconds, period: numbers.periodMicroseconds },
  pids: { limit: numbers.pids },
};
