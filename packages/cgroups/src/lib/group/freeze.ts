import { readFileSync } from "node:fs";
import { CgroupError } from "../error.ts";
import type { GroupDirectory } from "../hierarchy/hierarchy.ts";
import { deepestFirst } from "../tree/directory.ts";
import { errnoOf, kernelError } from "./kernel-error.ts";
import { processesIn } from "./members.ts";
import { untilFileSays, untilTrue, type WaitOptions } from "./until-empty.ts";
import { writeFile } from "./write-file.ts";

/**
 * Stops every process of the group and below, or lets them go on, and waits until they have: v2
 * says when (`cgroup.events`), v1 must be asked (`freezer.state`).
 *
 * @throws CgroupError `X_CGROUP_NO_CONTROLLER` without a v2 tree or v1's freezer; `X_CGROUP_BUSY`
 *   when a process does not stop in time
 */
export async function setFrozen(
  directories: readonly GroupDirectory[],
  frozen: boolean,
  options: WaitOptions,
): Promise<void> {
  const { version, path } = freezerOf(directories);
  if (frozen) refuseOurselves(path);
  if (version === 2) {
    const word = frozen ? "1" : "0";
    writeFile(`${path}/cgroup.freeze`, word);
    if (
      await untilFileSays(
        `${path}/cgroup.events`,
        (text) => text.includes(`frozen ${word}`),
        options,
      )
    ) {
      return;
    }
  } else {
    const word = frozen ? "FROZEN" : "THAWED";
    writeFile(`${path}/freezer.state`, word);
    if (await untilTrue(() => readState(path) === word, options)) return;
  }
  throw new CgroupError(
    "X_CGROUP_BUSY",
    `not all processes of ${path} have ${frozen ? "stopped" : "gone on"} in time`,
    { hint: "One is in the kernel and cannot be interrupted, or a group above is frozen" },
  );
}

/** Whether all of the group's processes are stopped. Throws where nothing can stop them. */
export function isFrozen(directories: readonly GroupDirectory[]): boolean {
  const { version, path } = freezerOf(directories);
  if (version === 1) return readState(path) === "FROZEN";
  return readText(`${path}/cgroup.events`).includes("frozen 1");
}

/** v2's is the better one: what it has stopped can be killed, and it says when it is done. */
function freezerOf(directories: readonly GroupDirectory[]): { version: 1 | 2; path: string } {
  const unified = directories.find(({ hierarchy }) => hierarchy.version === 2);
  if (unified !== undefined) return { version: 2, path: unified.path };
  const v1 = directories.find(({ hierarchy }) => hierarchy.controllers.includes("freezer"));
  if (v1 !== undefined) return { version: 1, path: v1.path };
  throw new CgroupError("X_CGROUP_NO_CONTROLLER", "nothing here can stop a group", {
    hint: "Mount the freezer: mount -t cgroup -o freezer none /sys/fs/cgroup/freezer",
  });
}

function refuseOurselves(path: string): void {
  if (!deepestFirst(path).some((dir) => processesIn(dir).includes(process.pid))) return;
  throw new CgroupError("X_CGROUP_INVALID", `this process is in ${path} itself`, {
    hint: "Who freezes must be outside: nobody could thaw it",
  });
}

function readState(path: string): string {
  return readText(`${path}/freezer.state`).trim();
}

function readText(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch (error) {
    const gone = errnoOf(error) === "ENOENT" ? "The group has been deleted" : undefined;
    throw kernelError(`cannot read ${file}`, error, undefined, gone);
  }
}
