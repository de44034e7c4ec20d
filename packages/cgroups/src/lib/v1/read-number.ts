import type { Files } from "../controller.ts";
import type { Limit } from "../units.ts";

/**
 * What v1 says where v2 says `max`: LONG_MAX rounded down to whole pages, of 64 KiB at most
 * (PAGE_COUNTER_MAX of include/linux/page_counter.h).
 */
const unlimited = 2 ** 63 - 2 ** 16;

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
