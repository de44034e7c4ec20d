import { NamespaceError } from "./error.ts";
import { cloneFlags, type NamespaceKind } from "./kinds.ts";

/** How a thread comes by another namespace. */
export type ThreadCall = "unshare" | "setns";

const USER =
  "the kernel does not give one thread of a process other users and capabilities than the rest (EINVAL)";
const TIME = "the clocks are shared by all threads of a process";
const PID =
  "a thread never changes its own PID namespace, only that of its children, and may then make no " +
  "more threads (EINVAL): Node aborts when it next needs one";
const MOUNT =
  "threads share their root and working directory, and one that does cannot join another mount " +
  "namespace (EINVAL); Node's asynchronous file calls would not run in it either way";

/** What a thread of a process with threads cannot have, and why; as measured on Linux 6.18. */
const refused: Record<ThreadCall, { readonly [kind in NamespaceKind]?: string }> = {
  unshare: { user: USER, pid: PID, time: `${TIME}, and it is children that would get new ones` },
  setns: { user: USER, pid: PID, time: `${TIME} (EUSERS)`, mount: MOUNT },
};

const instead: Record<ThreadCall, string> = {
  unshare: "clone() starts a process in new ones",
  setns: "enter() starts a process in them",
};

/**
 * Refuses the kinds that a thread of this process cannot have, before the kernel answers with a
 * bare EINVAL, or with success and trouble later: throws `NamespaceError` (`X_NAMESPACE_THREADS`).
 */
export function refuseForThread(call: ThreadCall, kinds: readonly NamespaceKind[]): void {
  cloneFlags(kinds);
  for (const [i, kind] of kinds.entries()) {
    const why = refused[call][kind];
    if (why === undefined) continue;
    throw new NamespaceError("X_NAMESPACE_THREADS", `${call} of a ${kind} namespace: ${why}`, {
      field: `namespaces[${i}]`,
      hint: instead[call],
    });
  }
}
