import { syscall } from "@x/syscall";
import { cloneFlags, type NamespaceKind } from "./kinds.ts";
import { openTarget, type NamespaceTarget } from "./target.ts";
import { refuseForThread } from "./thread.ts";

/**
 * Moves the *calling thread* into namespaces of the target: uts, ipc, net and cgroup. Without
 * `kinds` all that differ, and then the others must not. What `unshare` says of threads holds.
 *
 * Needs CAP_SYS_ADMIN. Throws `NamespaceError` (`X_NAMESPACE_THREADS`) for mount, user, pid and
 * time, (`X_NAMESPACE_GONE`, `X_NAMESPACE_NOT_ONE`) for a target that is none, and `SyscallError`.
 * Source: setns(2).
 */
export function setns(target: NamespaceTarget, kinds?: readonly NamespaceKind[]): void {
  if (kinds !== undefined) refuseForThread("setns", kinds);
  using way = openTarget(target, kinds);
  refuseForThread("setns", way.kinds);
  way.joins.forEach(({ namespaces }, i) => {
    syscall("setns", way.descriptors[i]!.fd, cloneFlags(namespaces));
  });
}
