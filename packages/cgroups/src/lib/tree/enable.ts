import { existsSync, readFileSync } from "node:fs";
import { kernelError } from "../group/kernel-error.ts";
import { writeFile } from "../group/write-file.ts";
import { moveAside } from "./aside.ts";
import type { Place } from "./place.ts";

/** What is to get down to a group. */
export interface Handing {
  /** Controllers that its limits need. */
  readonly needed: ReadonlySet<string>;
  /** It is to be threaded, and the group above with it. */
  readonly threaded: boolean;
}

/** The controllers that can tell threads of one process apart, cgroups(7). */
const ofThreads: ReadonlySet<string> = new Set(["cpu", "cpuset", "perf_event", "pids"]);

/**
 * Hands controllers of a v2 tree down to the groups in `parent`, from the place on where our groups
 * begin. Those of `needed` must get there; the others are handed down if the kernel likes. A group
 * with processes in it cannot hand anything down: if it is only this process, it moves aside into
 * a group of its own, `x-self`.
 *
 * @throws CgroupError `X_CGROUP_BUSY` when others are in the way
 */
export function enableControllers(
  place: Place,
  parent: string,
  { needed, threaded }: Handing,
): void {
  const { hierarchy, base } = place;
  const top = `${hierarchy.mountpoint}${base}`;
  const wanted = offeredAt(place).filter((name) => !threaded || ofThreads.has(name));
  if (isSubset(wanted, wordsOf(`${hierarchy.mountpoint}${parent}/cgroup.subtree_control`))) return;
  const below = parent.slice(base.length).split("/").slice(1);
  below.reduce((dir, name) => {
    handDown(dir, wanted, needed);
    return `${dir}/${name}`;
  }, top);
  handDown(`${hierarchy.mountpoint}${parent}`, wanted, needed);
}

/** What the root offers changes with what is mounted, and then its place is another, too. */
const atRoots = new WeakMap<Place, readonly string[]>();

function offeredAt(place: Place): readonly string[] {
  const known = atRoots.get(place);
  if (known !== undefined) return known;
  const words = wordsOf(`${place.hierarchy.mountpoint}${place.base}/cgroup.controllers`);
  if (place.base === "") atRoots.set(place, words);
  return words;
}

function handDown(dir: string, wanted: readonly string[], needed: ReadonlySet<string>): void {
  const available = wordsOf(`${dir}/cgroup.controllers`);
  const on = wordsOf(`${dir}/cgroup.subtree_control`);
  const todo = wanted.filter((name) => available.includes(name) && !on.includes(name));
  if (todo.length === 0) return;
  const isNeeded = todo.some((name) => needed.has(name));
  // Who is in it may stay, as in v1, if the group below asks for nothing that forbids it.
  if (!isNeeded && existsSync(`${dir}/cgroup.type`) && wordsOf(`${dir}/cgroup.procs`).length > 0) {
    return;
  }
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
    // What nobody asked for may be left out; its part of stat() is missing then.
  }
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
