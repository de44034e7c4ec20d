import { readFileSync, realpathSync } from "node:fs";
import type { Folder } from "./folder.ts";

/** The lines of this process's mounts that name a folder. */
export function mountsIn(place: Folder): string[] {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  return mounts.filter((line) => line.includes(realpathSync(place.path)));
}
