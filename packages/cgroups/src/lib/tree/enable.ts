import { existsSync, readFileSync } from "node:fs";
import { CgroupError } from "../error.ts";
import { kernelError } from "../group/kernel-error.ts";
import { writeFile } from "../group/write-file.ts";
import { SELF, type Place } from "./place.ts";
import { makeDirectory } from "./directory.ts";

/**
 * Hands controllers of a v2 tree down to the groups in `parent`, from the place on where our groups
 * begin. Those of `needed` must get there; the others are handed down if the kernel likes. A group
 * with processes in it cannot hand anything down: if it is only this process, it moves aside into
 * a group of its own, `x-self`.
 *
 * @throws CgroupError `X_CGROUP_BUSY` when others are in the way
 */
export function enableControllers(
  { hierarchy, base }: Place,
  parent: string,
  needed: ReadonlySet<string>,
): void {
  const top = `${hierarchy.mountpoint}${base}`;
  const wanted = wordsOf(`${top}/cgroup.controllers`);
  if (isSubset(wanted, wordsOf(`${hierarchy.mountpoint}${parent}/cgroup.subtree_control`))) return;
  const below = parent.slice(base.length).split("/").slice(1);
  below.reduce((dir, name) => {
    handDown(dir, wanted, needed);
    return `${dir}/${name}`;
  }, top);
  handDown(`${hierarchy.mountpoint}${parent}`, wanted, needed);
}

function handDown(dir: string, wanted: readonly string[], needed: ReadonlySet<string>): void {
  const available = wordsOf(`${dir}/cgroup.controllers`);
  const on = wordsOf(`${dir}/cgroup.subtree_control`);
  const todo = wanted.filter((name) => available.includes(name) && !on.includes(name));
  if (todo.length === 0) return;
  moveAside(dir);
  const file = `${dir}/cgroup.subtree_control`;
  try {
    writeFile(file, todo.map((name) => `+${name}`).join(" "));
  } catch {
    // The kernel takes all of them or none; one alone may be refused for reasons of its own.
    for (const name of todo) enableOne(file, name, needed.has(name));
  }
}

function enableOne(file: string, name: string, isNeeded: boolean): void {
  try {
    writeFile(file, `+${name}`);
  } catch (error) {
    if (isNeeded) throw error;
  }
}

/** The real root may have processes and groups at once; it alone has no `cgroup.type`. */
function moveAside(dir: string): void {
  if (!existsSync(`${dir}/cgroup.type`)) return;
  const pids = wordsOf(`${dir}/cgroup.procs`);
  if (pids.length === 0) return;
  const others = pids.filter((pid) => Number(pid) !== process.pid);
  if (others.length > 0) {
    throw new CgroupError(
      "X_CGROUP_BUSY",
      `cannot hand controllers down from ${dir}: processes ${others.slice(0, 5).join(", ")} are in it`,
      {
        hint: `Start this program in a group of its own, or move them: echo PID > ${dir}/${SELF}/cgroup.procs (cgroups(7), the no internal processes rule)`,
      },
    );
  }
  makeDirectory(`${dir}/${SELF}`);
  writeFile(`${dir}/${SELF}/cgroup.procs`, String(process.pid));
}

function wordsOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split(/\s+/).filter(Boolean);
  } catch (error) {
    throw kernelError(`cannot read ${file}`, error);
  }
}

function isSubset(some: readonly string[], all: readonly string[]): boolean {
  return some.every((one) => all.includes(one));
}
