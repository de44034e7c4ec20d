import {
  AT_FDCWD,
  Descriptor,
  NS_GET_NSTYPE,
  NS_GET_OWNER_UID,
  NS_GET_PARENT,
  NS_GET_USERNS,
  NSFS_MAGIC,
  O_CLOEXEC,
  O_NOFOLLOW,
  O_PATH,
  PROC_SUPER_MAGIC,
  syscall,
  SyscallError,
} from "@x/syscall";
import { fstatSync, statfsSync } from "node:fs";
import { NamespaceError } from "./error.ts";
import { allKinds, namespaceKinds, type NamespaceKind } from "./kinds.ts";

/**
 * Opens the file of a namespace: one of `/proc/PID/ns`, or a bind mount of one. What it leads to
 * is known before it is opened in earnest, so a FIFO or a device has no say.
 *
 * Throws `NamespaceError` (`X_NAMESPACE_NOT_ONE`) for a symbolic link, or anything that is not a
 * namespace, or not one of `kind`; `SyscallError` when the path cannot be opened.
 */
export function openNamespace(
  path: string,
  kind: NamespaceKind | undefined,
  field?: string,
): Descriptor {
  using link = open(path, O_PATH | O_NOFOLLOW);
  // The links of /proc/PID/ns are not links by name: they lead straight to the namespace.
  if (fstatSync(link.fd).isSymbolicLink() && typeOf(link) !== PROC_SUPER_MAGIC) {
    throw notOne(path, "a symbolic link, which somebody may point elsewhere", field);
  }
  using place = open(path, O_PATH);
  if (typeOf(place) !== NSFS_MAGIC) throw notOne(path, "not a namespace", field);
  const namespace = open(`/proc/self/fd/${place.fd}`, 0);
  try {
    requireKind(namespace, kind, path, field);
    return namespace;
  } catch (error) {
    namespace.close();
    throw error;
  }
}

/** Throws `NamespaceError` (`X_NAMESPACE_NOT_ONE`) unless the descriptor is a namespace of `kind`. */
export function requireKind(
  namespace: Descriptor,
  kind: NamespaceKind | undefined,
  what: string,
  field?: string,
): void {
  const found = kindOf(namespace);
  if (found === undefined) throw notOne(what, "not a namespace", field);
  if (kind !== undefined && found !== kind) {
    throw notOne(what, `a ${found} namespace instead of a ${kind} namespace`, field);
  }
}

/** The kind of an open namespace; undefined when it is none. Source: NS_GET_NSTYPE(2const). */
function kindOf(namespace: Descriptor): NamespaceKind | undefined {
  try {
    const flag = syscall("ioctl", namespace.fd, NS_GET_NSTYPE);
    return allKinds.find((kind) => namespaceKinds[kind].flag === flag);
  } catch (error) {
    if (error instanceof SyscallError && ["ENOTTY", "EINVAL"].includes(error.code)) {
      return undefined;
    }
    throw error;
  }
}

/** The user namespace that a namespace belongs to. Source: NS_GET_USERNS(2const). */
export function userNamespaceOf(namespace: Descriptor): Descriptor | undefined {
  return related(namespace, NS_GET_USERNS);
}

/** The namespace that a user or PID namespace was made in. Source: NS_GET_PARENT(2const). */
export function parentOf(namespace: Descriptor): Descriptor | undefined {
  return related(namespace, NS_GET_PARENT);
}

/** The user who made a user namespace. Source: NS_GET_OWNER_UID(2const). */
export function ownerOf(userNamespace: Descriptor): number {
  const uid = new Uint32Array(1);
  syscall("ioctl", userNamespace.fd, NS_GET_OWNER_UID, new Uint8Array(uid.buffer));
  return uid[0]!;
}

/** EPERM: it lies outside of what the caller can see, as the parent of its own root does. */
function related(namespace: Descriptor, request: number): Descriptor | undefined {
  try {
    return new Descriptor(syscall("ioctl", namespace.fd, request));
  } catch (error) {
    if (error instanceof SyscallError && error.code === "EPERM") return undefined;
    throw error;
  }
}

function open(path: string, flags: number): Descriptor {
  return new Descriptor(syscall("openat", AT_FDCWD, path, flags | O_CLOEXEC));
}

function typeOf({ fd }: Descriptor): number {
  return statfsSync(`/proc/self/fd/${fd}`).type;
}

function notOne(what: string, instead: string, field: string | undefined): NamespaceError {
  return new NamespaceError("X_NAMESPACE_NOT_ONE", `${what} is ${instead}`, {
    ...(field === undefined ? {} : { field }),
  });
}
