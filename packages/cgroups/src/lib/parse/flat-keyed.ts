import type { Limit } from "../units.ts";

const space = 0x20;
const zero = 0x30;
const nine = 0x39;
/** As many decimal digits as a double holds whatever they are. */
const exactDigits = 15;

/**
 * The numbers of a "flat keyed" file: `memory.stat`, `cpu.stat`, `pids.events`. A line that is not
 * a key, a space and a number is left out (`max` is, see {@link parseFlatLimits}); so is what follows
 * the number. Source: "Interface Files" of Documentation/admin-guide/cgroup-v2.rst.
 *
 * One pass over the characters: this runs for every group at every look at it.
 */
export function parseFlatKeyed(text: string): Record<string, number> {
  const result: Record<string, number> = {};
  const end = text.length;
  for (let start = 0; start < end;) {
    let stop = text.indexOf("\n", start);
    if (stop === -1) stop = end;
    const gap = text.indexOf(" ", start);
    if (gap === -1) break;
    if (gap < stop) {
      const value = parseDigits(text, gap + 1, stop);
      if (value !== undefined) result[text.slice(start, gap)] = value;
    }
    start = stop + 1;
  }
  return result;
}

/** The same for a file whose numbers are limits and may be `max`: `misc.max`. */
export function parseFlatLimits(text: string): Record<string, Limit> {
  const result: Record<string, Limit> = {};
  for (const line of text.split("\n")) {
    const gap = line.indexOf(" ");
    if (gap === -1) continue;
    const value = line.slice(gap + 1).trim();
    const number = value === "max" ? value : parseDigits(value, 0, value.length);
    if (number !== undefined) result[line.slice(0, gap)] = number;
  }
  return result;
}

/**
 * The whole number written at `from`, up to a space or `to`; undefined when anything but digits is
 * there. Numbers above 2^53 lose their last digits, as any number of JavaScript does.
 */
export function parseDigits(text: string, from: number, to: number): number | undefined {
  let value = 0;
  let at = from;
  for (; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === space) break;
    if (code < zero || code > nine) return undefined;
    value = value * 10 + (code - zero);
  }
  if (at === from) return undefined;
  // Rounded once by Number, where the sum above would be rounded at every digit.
  return at - from > exactDigits ? Number(text.slice(from, at)) : value;
}
