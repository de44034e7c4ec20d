import { existsSync, readFileSync } from "node:fs";
import { CgroupError } from "../error.ts";
import { processesIn } from "../group/members.ts";
import { writeFile } from "../group/write-file.ts";
import { groupsIn, makeDirectory, removeDirectory } from "./directory.ts";
import { SELF } from "./place.ts";

/** Groups that this process has left for `x-self` below them. */
const left = new Set<string>();

/**
 * A group with processes in it cannot hand controllers down: if it is only this process, it moves
 * into `x-self` below. The real root may have processes and groups at once; it alone has no
 * `cgroup.type`.
 *
 * @throws CgroupError `X_CGROUP_BUSY` when others are in the way
 * @see cgroups(7), "no internal processes" rule
 */
export function moveAside(dir: string): void {
  if (!existsSync(`${dir}/cgroup.type`)) return;
  const pids = words(`${dir}/cgroup.procs`);
  if (pids.length === 0) return;
  const others = pids.filter((pid) => Number(pid) !== process.pid);
  if (others.length > 0) {
    throw new CgroupError(
      "X_CGROUP_BUSY",
      `cannot hand controllers down from ${dir}: processes ${others.slice(0, 5).join(", ")} are in it`,
      {
        hint: `Start this program in a group of its own, or move them: mkdir -p ${dir}/${SELF}; echo PID > ${dir}/${SELF}/cgroup.procs (cgroups(7), the no internal processes rule)`,
      },
    );
  }
  makeDirectory(`${dir}/${SELF}`);
  writeFile(`${dir}/${SELF}/cgroup.procs`, String(process.pid));
  left.add(dir);
}

/**
 * Goes back to where this process was, and takes `x-self` away, as soon as nobody else needs it and
 * no other group is there.
 */
export function comeBack(): void {
  for (const dir of left) {
    const self = `${dir}/${SELF}`;
    if (groupsIn(dir).some((name) => name !== SELF)) continue;
    if (processesIn(self).some((pid) => pid !== process.pid)) continue;
    left.delete(dir);
    try {
      goBack(dir, self);
    } catch (error) {
      // Somebody moved us, or took the right away: where we are we can stay.
      if (!(error instanceof CgroupError)) throw error;
    }
  }
}

function goBack(dir: string, self: string): void {
  const file = `${dir}/cgroup.subtree_control`;
  const on = words(file);
  // None was on when processes were in it, so each is of our doing.
  if (on.length > 0) writeFile(file, on.map((name) => `-${name}`).join(" "));
  if (processesIn(self).length > 0) writeFile(`${dir}/cgroup.procs`, String(process.pid));
  removeDirectory(self);
}

function words(file: string): string[] {
  return readFileSync(file, "utf8").split(/\s+/).filter(Boolean);
}
