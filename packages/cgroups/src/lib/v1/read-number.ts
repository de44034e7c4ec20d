import type { Files } from "../controller.ts";
import type { Limit } from "../units.ts";

/**
 * v1 has no word for `max`: it says LONG_MAX rounded down to whole pages, which hugetlb rounds down
 * to huge ones (PAGE_COUNTER_MAX of include/linux/page_counter.h). No machine has half of that.
 */
const unlimited = 2 ** 62;

/** The number that a file holds; undefined when there is no such file. */
export function readNumber(files: Files, file: string): number | undefined {
  const text = files.read(file);
  return text === undefined ? undefined : Number(text);
}

/** A limit in bytes; undefined when there is no such file. */
export function readBytes(files: Files, file: string): Limit | undefined {
  const bytes = readNumber(files, file);
  return bytes !== undefined && bytes >= unlimited ? "max" : bytes;
}

/** A limit as v1 takes it: -1 is none. */
export function limitText(limit: Limit): string {
  return limit === "max" ? "-1" : String(limit);
}

/** A limit as `pids.max` and the other newer files of v1 have it. */
export function limitOf(text: string): Limit {
  return text === "max" ? text : Number(text);
}
