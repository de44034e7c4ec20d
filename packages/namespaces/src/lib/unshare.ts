import { perform, step, type Plan } from "@x/plan";
import { cloneFlags, type NamespaceKind } from "./kinds.ts";
import type { Propagation } from "./new-namespaces.ts";
import { propagationSteps } from "./settle.ts";
import { refuseForThread } from "./thread.ts";

export interface UnshareOptions {
  /** "private" unless given: mounts that are made later do not get across. */
  readonly propagation?: Propagation;
}

/**
 * Gives the *calling thread* new namespaces: mount, uts, ipc, net and cgroup. Other threads keep
 * theirs, among them those of Node's thread pool, which carry out every asynchronous file call,
 * DNS and compression. A worker thread is the place for this: it has them until it ends.
 *
 * Needs CAP_SYS_ADMIN. Throws `NamespaceError` (`X_NAMESPACE_THREADS`) for user, pid and time,
 * which a process with threads cannot change, and `PlanError`. Source: unshare(2).
 */
export function unshare(kinds: readonly NamespaceKind[], options: UnshareOptions = {}): void {
  refuseForThread("unshare", kinds);
  perform(unshareSteps(kinds, options));
}

/** The same as steps, of a process with one thread: any kind. */
export function unshareSteps(
  kinds: readonly NamespaceKind[],
  { propagation = "private" }: UnshareOptions = {},
): Plan {
  const why = `its own ${kinds.join(", ")}`;
  return [
    step("unshare", [cloneFlags(kinds)], { why, field: "namespaces" }),
    ...(kinds.includes("mount") ? propagationSteps(propagation) : []),
  ];
}
