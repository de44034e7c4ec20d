import { perform, step, type Plan } from "@x/plan";
import {
  AT_FDCWD,
  Descriptor,
  MNT_DETACH,
  MS_BIND,
  NSFS_MAGIC,
  O_CLOEXEC,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  syscall,
  SyscallError,
  UMOUNT_NOFOLLOW,
} from "@x/syscall";
import { lstatSync, statfsSync, unlinkSync } from "node:fs";
import { NamespaceError } from "./error.ts";
import { namespaceKinds, type NamespaceKind } from "./kinds.ts";
import { processFolder, type ProcessId } from "./namespaces-of.ts";
import { openNamespace } from "./nsfs.ts";

/**
 * Keeps a namespace alive without a process in it: mounts it on a new file at `path`, which then
 * leads to it (`ip netns` keeps its own below `/run/netns`). {@link letGo} undoes that.
 *
 * Needs CAP_SYS_ADMIN. Throws `SyscallError` when the file cannot be made (EEXIST: there is one
 * already), and `PlanError` when the kernel does not mount on it (EINVAL: a mount namespace on a
 * mount that is shared with others); nothing is left then.
 * Source: namespaces(7).
 */
export function keep(pid: ProcessId, kind: NamespaceKind, path: string): void {
  using namespace = openNamespace(`${processFolder(pid)}/ns/${namespaceKinds[kind].file}`, kind);
  using file = new Descriptor(
    syscall("openat", AT_FDCWD, path, O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o444),
  );
  try {
    perform(keepSteps(namespace.fd, file.fd));
  } catch (error) {
    unlinkSync(path);
    throw error;
  }
}

/** Mounts an open namespace on an open file. */
export function keepSteps(namespace: number, file: number): Plan {
  const [from, onto] = [namespace, file].map((fd) => `/proc/self/fd/${fd}`) as [string, string];
  return [
    step("mount", [from, onto, null, MS_BIND, null], { why: "a mount keeps the namespace alive" }),
  ];
}

/**
 * Undoes {@link keep}: unmounts the namespace and removes the empty file below. It ends if nothing
 * else is in it. A path at which there is nothing is fine.
 *
 * Throws `NamespaceError` (`X_NAMESPACE_NOT_ONE`) for anything that is not a mounted namespace, and
 * `SyscallError` for what the kernel refuses.
 */
export function letGo(path: string): void {
  if (!requireMounted(path)) return;
  syscall("umount2", path, MNT_DETACH | UMOUNT_NOFOLLOW);
  // Whatever else was covered by the mount is not ours to remove.
  const below = lstatSync(path);
  if (below.isFile() && below.size === 0) unlinkSync(path);
}

/** False when there is nothing at the path. */
function requireMounted(path: string): boolean {
  const place = openPlace(path);
  if (place === undefined) return false;
  using open = place;
  if (statfsSync(`/proc/self/fd/${open.fd}`).type === NSFS_MAGIC) return true;
  throw new NamespaceError("X_NAMESPACE_NOT_ONE", `no namespace is mounted on ${path}`, {
    field: "path",
  });
}

function openPlace(path: string): Descriptor | undefined {
  try {
    return new Descriptor(syscall("openat", AT_FDCWD, path, O_PATH | O_NOFOLLOW | O_CLOEXEC));
  } catch (error) {
    if (error instanceof SyscallError && error.code === "ENOENT") return undefined;
    throw error;
  }
}
