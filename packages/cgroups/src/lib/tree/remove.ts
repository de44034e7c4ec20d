import { CgroupError } from "../error.ts";
import { processesIn } from "../group/members.ts";
import { untilEmpty, type WaitOptions } from "../group/until-empty.ts";
import type { GroupDirectory } from "../hierarchy/hierarchy.ts";
import { deepestFirst, removeDirectory } from "./directory.ts";

/**
 * Removes a group and all below it, in every hierarchy. The kernel refuses while processes are in
 * it, and for a moment after the last of them has died: that is waited for, until `timeoutMs`.
 *
 * @throws CgroupError `X_CGROUP_BUSY` when living processes stay
 */
export async function removeGroup(
  directories: readonly GroupDirectory[],
  options: WaitOptions = {},
): Promise<void> {
  const { timeoutMs = 5000, signal } = options;
  const deadline = performance.now() + timeoutMs;
  let left = directories.filter((directory) => !removeTree(directory.path));
  for (let pause = 1; left.length > 0; pause = Math.min(pause * 2, 64)) {
    const rest = deadline - performance.now();
    if (rest <= 0) throw busy(left);
    await untilEmpty(left, { timeoutMs: rest, ...(signal === undefined ? {} : { signal }) });
    left = left.filter((directory) => !removeTree(directory.path));
    // Empty, and busy nevertheless: the kernel is still letting go, and does not say when.
    if (left.length > 0) await sleep(Math.min(pause, rest));
  }
}

function removeTree(path: string): boolean {
  // Most groups have none below them: one call is enough.
  if (removeDirectory(path) === "gone") return true;
  return deepestFirst(path).reduce((gone, dir) => removeDirectory(dir) === "gone" && gone, true);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function busy(left: readonly GroupDirectory[]): CgroupError {
  const { path } = left[0]!;
  const pids = deepestFirst(path)
    .flatMap((dir) => processesIn(dir))
    .slice(0, 5);
  return new CgroupError(
    "X_CGROUP_BUSY",
    pids.length === 0
      ? `cannot remove the group ${path}: the kernel still holds it (EBUSY, 16)`
      : `cannot remove the group ${path}: processes are in it (${pids.join(", ")})`,
    { hint: "End them with kill(), or let them finish" },
  );
}
