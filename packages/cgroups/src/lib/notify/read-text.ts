import { readFileSync } from "node:fs";
import { errnoOf, kernelError } from "../group/kernel-error.ts";

/** The text of a group's file; undefined when the group is gone. Throws `CgroupError`. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    if (goneErrors.has(errnoOf(error))) return undefined;
    throw kernelError(`cannot read ${path}`, error);
  }
}

/** The directory was removed before, or between opening and reading. */
const goneErrors: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENODEV"]);
