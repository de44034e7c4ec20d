import { chownSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { detect } from "../index.ts";

/** A part of the v2 tree that was given to a user, as root gives it. */
export interface Delegated extends Disposable {
  /** The directory of the part. */
  readonly top: string;
  /** The directory of a group in it, for a process of that user. */
  readonly leaf: string;
}

/**
 * Delegates a part of the v2 tree with these controllers to a user. What is left in it is removed
 * with it, but not what has processes.
 *
 * @see Documentation/admin-guide/cgroup-v2.rst, "Model of Delegation"
 */
export function delegate(uid: number, controllers: readonly string[]): Delegated {
  const { mountpoint } = detect().all.find(({ version }) => version === 2)!;
  const top = `${mountpoint}/x-delegated-${process.pid}-${++count}`;
  const leaf = `${top}/leaf`;
  const words = controllers.map((name) => `+${name}`).join(" ");
  mkdirSync(top);
  writeFileSync(`${mountpoint}/cgroup.subtree_control`, words);
  writeFileSync(`${top}/cgroup.subtree_control`, words);
  mkdirSync(leaf);
  for (const directory of [top, leaf]) {
    chownSync(directory, uid, uid);
    for (const file of ["procs", "threads", "subtree_control"]) {
      chownSync(`${directory}/cgroup.${file}`, uid, uid);
    }
  }
  return { top, leaf, [Symbol.dispose]: () => removeAll(top) };
}

let count = 0;

/** Puts a process into a group. */
export function put(directory: string, pid: number): void {
  writeFileSync(`${directory}/cgroup.procs`, String(pid));
}

/** The names of the groups in one. */
export function groupsAt(directory: string): string[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function removeAll(directory: string): void {
  for (const name of groupsAt(directory)) removeAll(`${directory}/${name}`);
  rmdirSync(directory);
}
