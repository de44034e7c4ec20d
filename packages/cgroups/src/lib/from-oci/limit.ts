import type { Limit } from "../units.ts";

/** Less than 0 is no limit; so is what no double holds exactly, as the greatest 64-bit number. */
export function limit(value: number | null | undefined): Limit | undefined {
  if (value === null || value === undefined) return undefined;
  // What is no number is left for validate to refuse.
  if (typeof value !== "number") return value;
  return value < 0 || value > Number.MAX_SAFE_INTEGER ? "max" : value;
}

/** The same, and 0 asks for nothing. */
export function limitUnlessZero(value: number | null | undefined): Limit | undefined {
  return value === 0 ? undefined : limit(value);
}

/** A number, where 0 is Go's way to say that there is none. */
export function unlessZero(value: number | null | undefined): number | undefined {
  return value === 0 ? undefined : (value ?? undefined);
}
