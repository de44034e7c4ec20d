import type { Files } from "../controller.ts";
import { parseDigits } from "../parse/flat-keyed.ts";
import type { Limit } from "../units.ts";

/** The number that is all of a file's text; undefined when there is no such file. */
export function numberIn(files: Files, file: string): number | undefined {
  const text = files.read(file);
  return text === undefined ? undefined : parseDigits(text, 0, text.length);
}

/**
 * The same, or `max`, which is also what a number near 2^63 means: a new group's `hugetlb.2MB.max`
 * has the greatest count of pages in bytes until the first `max` is written.
 */
export function limitIn(files: Files, file: string): Limit | undefined {
  const text = files.read(file);
  if (text === undefined || text === "max") return text;
  const value = parseDigits(text, 0, text.length);
  return value !== undefined && value > Number.MAX_SAFE_INTEGER ? "max" : value;
}
