import {
  AT_FDCWD,
  layouts,
  O_CLOEXEC,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  pack,
  RESOLVE_BENEATH,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV,
  syscall,
} from "@x/syscall";
import { isErrno } from "./kernel-said.ts";

const directory = O_DIRECTORY | O_CLOEXEC;
const confined = RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
const straight = confined | RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;

let packed: { readonly inRoot: Uint8Array; readonly straight: Uint8Array } | undefined;

function how(): NonNullable<typeof packed> {
  packed ??= {
    inRoot: pack(layouts.open_how, {
      flags: O_PATH | directory,
      resolve: confined | RESOLVE_IN_ROOT,
    }),
    straight: pack(layouts.open_how, {
      flags: O_RDONLY | O_NOFOLLOW | directory,
      resolve: straight,
    }),
  };
  return packed;
}

/**
 * Opens a directory by a path that may lead through symbolic links, as if `root` were `/`: nothing
 * outside is reached, nor a mount inside. The descriptor is a mere handle. Throws `SyscallError`.
 */
export function openInRoot(root: number, path: Uint8Array): number {
  return openRetrying(root, path, how().inRoot);
}

/**
 * Opens a directory below another, to read it and to change its attributes, by a path without any
 * symbolic link. Throws `SyscallError`: `ELOOP` at a link, `EXDEV` at a mount.
 */
export function openStraight(above: number, path: Uint8Array): number {
  return openRetrying(above, path, how().straight);
}

/** Opens a directory of the host that is trusted, as a handle. Throws `SyscallError`. */
export function openHost(path: string): number {
  return syscall("openat", AT_FDCWD, path, O_PATH | directory, 0);
}

/** The path by which calls that take only paths reach what a descriptor stands for. */
export function byDescriptor(fd: number): Buffer {
  return Buffer.from(`/proc/self/fd/${fd}\0`);
}

/** The same for a directory, for calls that do not follow a link at the end of a path. */
export function byItself(directory: number): Buffer {
  return Buffer.from(`/proc/self/fd/${directory}/.\0`);
}

/** The same for what lies at a name in a directory. */
export function byName(directory: number, name: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`/proc/self/fd/${directory}/`), name]);
}

/** The kernel answers `EAGAIN` when a rename anywhere races with `..`. Source: openat2(2). */
function openRetrying(root: number, path: Uint8Array, open: Uint8Array): number {
  for (let tries = 0; ; tries++) {
    try {
      return syscall("openat2", root, path, open, open.length);
    } catch (error) {
      if (tries === 1000 || !isErrno(error, "EAGAIN", "EINTR")) throw error;
    }
  }
}
