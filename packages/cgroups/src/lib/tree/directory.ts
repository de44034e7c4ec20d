import { mkdirSync, readdirSync, rmdirSync } from "node:fs";
import { errnoOf, kernelError } from "../group/kernel-error.ts";

/** Makes a group's directory; whether it was not there before. */
export function makeDirectory(path: string): boolean {
  try {
    mkdirSync(path, 0o755);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw kernelError(`cannot make the group ${path}`, error);
  }
}

/**
 * Removes a group's directory: `"gone"` also when it was gone before, `"busy"` when processes or
 * groups are in it.
 */
export function removeDirectory(path: string): "gone" | "busy" {
  try {
    rmdirSync(path);
    return "gone";
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT" || code === "ENODEV") return "gone";
    if (code === "EBUSY" || code === "ENOTEMPTY") return "busy";
    throw kernelError(`cannot remove the group ${path}`, error);
  }
}

/** The names of the groups directly below; none when the group is gone. */
export function groupsIn(path: string): string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT" || code === "ENODEV") return [];
    throw kernelError(`cannot list the groups in ${path}`, error);
  }
}

/** A group's directory and all below it, the deepest first. */
export function deepestFirst(path: string): string[] {
  return [...groupsIn(path).flatMap((name) => deepestFirst(`${path}/${name}`)), path];
}
