import type { Machine } from "../machine.ts";
import { median, type Summary } from "../statistics.ts";
import { operations, type Operation, type Times } from "./contestant.ts";
import type { Watching } from "./watching.ts";

/** All that a run has found out about control groups, as it goes into the JSON file. */
export interface GroupFigures {
  readonly machine: Machine;
  readonly groups: number;
  readonly rounds: number;
  /** What one group is, here. */
  readonly each: {
    readonly directories: number;
    readonly writes: number;
    readonly filesRead: number;
  };
  /** Medians, for one group. */
  readonly microseconds: Readonly<Record<string, Times>>;
  /** Our medians divided by those of each other. */
  readonly ratios: Readonly<Record<string, Times>>;
  /** Who was not measured, and why. */
  readonly missing: readonly string[];
  readonly watching: Watching;
  /** Milliseconds. */
  readonly importing: Summary;
}

/** The median of each operation. */
export function medians(rounds: readonly Times[]): Times {
  return times((operation) => median(rounds.map((round) => round[operation])));
}

/** What `own` takes, in parts of what each other takes. */
export function ratios(
  microseconds: Readonly<Record<string, Times>>,
  own: string,
): Record<string, Times> {
  const { [own]: our, ...others } = microseconds;
  if (our === undefined) throw new RangeError(`${own} has not been measured`);
  return Object.fromEntries(
    Object.entries(others).map(([name, their]) => [
      name,
      times((operation) => our[operation] / their[operation]),
    ]),
  );
}

function times(of: (operation: Operation) => number): Times {
  return Object.fromEntries(operations.map((name) => [name, of(name)])) as Record<
    Operation,
    number
  >;
}
