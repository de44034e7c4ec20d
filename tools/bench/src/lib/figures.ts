import type { Launcher } from "./launcher.ts";
import type { Machine } from "./machine.ts";
import type { Profile } from "./profile.ts";
import { summarize, type Summary } from "./statistics.ts";

/** All that a run of the bench has found out, as it goes into the JSON file. */
export interface Figures {
  readonly machine: Machine;
  readonly rounds: number;
  readonly warmUp: number;
  /** Milliseconds from launch to reap. */
  readonly milliseconds: Readonly<Record<string, Summary>>;
  /** Our time divided by that of each other. */
  readonly ratios: Readonly<Record<string, Ratio>>;
  readonly launcher: Launcher;
  readonly profile: Profile;
}

export interface Ratio {
  readonly median: number;
  readonly p99: number;
}

/** Minimum, median and p99 of each contestant. */
export function summaries(times: ReadonlyMap<string, readonly number[]>): Record<string, Summary> {
  return Object.fromEntries([...times].map(([name, list]) => [name, summarize(list)]));
}

/** What `own` takes, in parts of what each other takes. */
export function ratiosOf(
  milliseconds: Readonly<Record<string, Summary>>,
  own: string,
): Record<string, Ratio> {
  const { [own]: our, ...others } = milliseconds;
  if (our === undefined) throw new RangeError(`${own} has not been measured`);
  return Object.fromEntries(
    Object.entries(others).map(([name, their]) => [
      name,
      { median: our.median / their.median, p99: our.p99 / their.p99 },
    ]),
  );
}
