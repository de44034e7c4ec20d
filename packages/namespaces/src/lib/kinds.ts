import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
} from "@x/syscall";
import { NamespaceError } from "./error.ts";

/** The eight things of which a process can have a view of its own: namespaces(7). */
export type NamespaceKind = "mount" | "uts" | "ipc" | "pid" | "net" | "user" | "cgroup" | "time";

/** What the kernel calls a kind. */
export interface NamespaceKindFacts {
  /** The bit of `clone3(2)`, `unshare(2)` and `setns(2)`. */
  readonly flag: number;
  /** The name in `/proc/PID/ns`. */
  readonly file: string;
  /** The first Linux that has it. */
  readonly since: string;
  /** What a process in a new one has for itself. */
  readonly isolates: string;
}

/** The eight kinds, in the order in which Linux got them. */
export const namespaceKinds: Readonly<Record<NamespaceKind, NamespaceKindFacts>> = {
  mount: { flag: CLONE_NEWNS, file: "mnt", since: "2.4.19", isolates: "the tree of mounts" },
  uts: { flag: CLONE_NEWUTS, file: "uts", since: "2.6.19", isolates: "host and domain name" },
  ipc: {
    flag: CLONE_NEWIPC,
    file: "ipc",
    since: "2.6.19",
    isolates: "System V objects and POSIX message queues",
  },
  pid: { flag: CLONE_NEWPID, file: "pid", since: "2.6.24", isolates: "process ids" },
  net: {
    flag: CLONE_NEWNET,
    file: "net",
    since: "2.6.29",
    isolates: "network devices, addresses, routes, ports and abstract sockets",
  },
  user: {
    flag: CLONE_NEWUSER,
    file: "user",
    since: "3.8",
    isolates: "user and group ids, and capabilities",
  },
  cgroup: { flag: CLONE_NEWCGROUP, file: "cgroup", since: "4.6", isolates: "the root of cgroups" },
  time: {
    flag: CLONE_NEWTIME,
    file: "time",
    since: "5.6",
    isolates: "the monotonic clock and the clock since boot",
  },
};

/** The names of all eight. */
export const allKinds: readonly NamespaceKind[] = Object.keys(namespaceKinds) as NamespaceKind[];

/**
 * The flags of `clone3(2)`, `unshare(2)` and `setns(2)` for a list of kinds.
 *
 * Throws `NamespaceError` (`X_NAMESPACE_INVALID`) for an unknown kind or one that stands twice;
 * its `field` names the entry, `namespaces[2]`.
 */
export function cloneFlags(kinds: readonly NamespaceKind[]): number {
  kinds.forEach((kind, i) => {
    requireKnownKind(kind, `namespaces[${i}]`);
    if (kinds.indexOf(kind) !== i) invalid(`${kind} stands in the list twice`, `namespaces[${i}]`);
  });
  return kinds.reduce((flags, kind) => flags + namespaceKinds[kind].flag, 0);
}

/** Throws `NamespaceError` (`X_NAMESPACE_INVALID`) for a word that is no kind. */
export function requireKnownKind(kind: string, field: string): void {
  if (Object.hasOwn(namespaceKinds, kind)) return;
  invalid(`${JSON.stringify(kind)} is not one of ${allKinds.join(", ")}`, field);
}

function invalid(message: string, field: string): never {
  throw new NamespaceError("X_NAMESPACE_INVALID", message, { field });
}
