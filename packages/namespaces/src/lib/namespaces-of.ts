import { thisArch } from "@x/syscall";
import { statSync } from "node:fs";
import { allKinds, namespaceKinds, type NamespaceKind } from "./kinds.ts";
import { gone } from "./pidfd.ts";

/** Which namespace it is: two with the same inode on the same device are one. */
export interface NamespaceId {
  readonly kind: NamespaceKind;
  /** The number that `readlink /proc/PID/ns/…` shows. */
  readonly inode: number;
  readonly device: number;
}

/** A process, or "self": the calling thread. */
export type ProcessId = number | "self";

/**
 * The namespaces that a process is in, by kind. `"self"` is the calling thread, which may have
 * others than its process: see `unshare`. A kind that the kernel lacks is left out.
 *
 * Throws `NamespaceError` (`X_NAMESPACE_GONE`) when there is no such process any more, and Node's
 * own error (`EACCES`) when it is somebody else's, and `UnsupportedPlatformError`. Source:
 * namespaces(7).
 */
export function namespacesOf(pid: ProcessId): Partial<Record<NamespaceKind, NamespaceId>> {
  thisArch();
  const found = Object.fromEntries(
    allKinds.flatMap((kind) => {
      const id = identify(pid, kind);
      return id === undefined ? [] : [[kind, id] as const];
    }),
  );
  // What has ended and waits to be reaped is still in some; mount namespaces every kernel has.
  if (found["mount"] === undefined) throw gone(pid);
  return found;
}

/** Whether two processes are in the same namespace of a kind. Throws like {@link namespacesOf}. */
export function sameNamespace(a: ProcessId, b: ProcessId, kind: NamespaceKind): boolean {
  return sameId(namespacesOf(a)[kind], namespacesOf(b)[kind]);
}

/** Whether two are one; of a kind that the kernel lacks there is one for all. */
export function sameId(a: NamespaceId | undefined, b: NamespaceId | undefined): boolean {
  return a?.inode === b?.inode && a?.device === b?.device;
}

/** The folder of `/proc` that tells about a process, or about the calling thread. */
export function processFolder(pid: ProcessId): string {
  return pid === "self" ? "/proc/thread-self" : `/proc/${pid}`;
}

function identify(pid: ProcessId, kind: NamespaceKind): NamespaceId | undefined {
  const path = `${processFolder(pid)}/ns/${namespaceKinds[kind].file}`;
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : { kind, inode: stat.ino, device: stat.dev };
}
