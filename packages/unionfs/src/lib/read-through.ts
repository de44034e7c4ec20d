import { closeSync, fstatSync, readSync, type Stats } from "node:fs";
import {
  AT_FDCWD,
  O_CLOEXEC,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_PATH,
  O_RDONLY,
  syscall,
  SyscallError,
} from "@x/syscall";

const MAX_LINKS = 40;
const MAX_PATH_BYTES = 4096;
const EMPTY = Buffer.alloc(0);

/**
 * Reads a file of at most `maxBytes` as a union of `layers` (overlay's, top first) would show it,
 * without mounting one: whiteouts and opaque directories hide, symbolic links lead inside. Null
 * when the union has no regular file at `path`. Each step is by descriptor and follows nothing.
 *
 * @throws SyscallError when a layer itself cannot be opened or a file cannot be read.
 */
export function readThrough(
  layers: readonly string[],
  path: string,
  { maxBytes = 1 << 20 }: { readonly maxBytes?: number } = {},
): Buffer | null {
  const opened: number[] = [];
  const keep = (fd: number): number => {
    opened.push(fd);
    return fd;
  };
  try {
    const root = layers.map((layer) =>
      keep(syscall("openat", AT_FDCWD, layer, O_PATH | O_DIRECTORY | O_CLOEXEC)),
    );
    return walk(root, path.split("/"), keep, maxBytes);
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

/** A directory of the union: that of each layer, top first, down to the one that hides the rest. */
type Merged = readonly number[];

function walk(
  root: Merged,
  path: string[],
  keep: (fd: number) => number,
  maxBytes: number,
): Buffer | null {
  const way: Merged[] = [root];
  const rest = path;
  for (let links = 0; rest.length > 0;) {
    const name = rest.shift()!;
    if (name === "" || name === ".") continue;
    if (name === "..") {
      if (way.length > 1) way.pop();
      continue;
    }
    const found = lookUp(way.at(-1)!, name, keep);
    if (found === null) return null;
    if ("directories" in found) {
      way.push(found.directories);
    } else if (found.stat.isSymbolicLink()) {
      if (++links > MAX_LINKS) return null;
      const target = readLink(found.fd);
      if (target.startsWith("/")) way.splice(1);
      rest.unshift(...target.split("/"));
    } else {
      const last = rest.every((one) => one === "" || one === ".");
      return last && found.stat.isFile() ? read(found, name, keep, maxBytes) : null;
    }
  }
  return null;
}

type Found =
  | { readonly directories: Merged }
  | { readonly fd: number; readonly parent: number; readonly stat: Stats };

function lookUp(merged: Merged, name: string, keep: (fd: number) => number): Found | null {
  const directories: number[] = [];
  for (const parent of merged) {
    const fd = openEntry(parent, name);
    if (fd === undefined) continue;
    keep(fd);
    const stat = fstatSync(fd);
    if (!stat.isDirectory()) {
      if (directories.length > 0 || isWhiteout(stat)) break;
      return { fd, parent, stat };
    }
    directories.push(fd);
    if (isOpaque(fd)) break;
  }
  return directories.length === 0 ? null : { directories };
}

function openEntry(parent: number, name: string): number | undefined {
  try {
    return syscall("openat", parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  } catch (error) {
    if (error instanceof SyscallError && ["ENOENT", "ENAMETOOLONG"].includes(error.code)) {
      return undefined;
    }
    throw error;
  }
}

/** A character device 0:0. Source: Documentation/filesystems/overlayfs.rst. */
function isWhiteout(stat: Stats): boolean {
  return stat.isCharacterDevice() && stat.rdev === 0;
}

function isOpaque(directory: number): boolean {
  const fd = syscall("openat", directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  try {
    return ["trusted", "user"].some((space) => {
      const value = Buffer.alloc(1);
      try {
        return (
          syscall("fgetxattr", fd, `${space}.overlay.opaque`, value, 1) === 1 && `${value}` === "y"
        );
      } catch (error) {
        if (error instanceof SyscallError) return false; // no such attribute
        throw error;
      }
    });
  } finally {
    closeSync(fd);
  }
}

function readLink(fd: number): string {
  const target = Buffer.alloc(MAX_PATH_BYTES);
  return target.toString("utf8", 0, syscall("readlinkat", fd, "", target, target.length));
}

function read(
  { parent, stat }: { readonly parent: number; readonly stat: Stats },
  name: string,
  keep: (fd: number) => number,
  maxBytes: number,
): Buffer | null {
  const flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  const fd = keep(syscall("openat", parent, name, flags));
  const now = fstatSync(fd);
  if (!now.isFile() || now.ino !== stat.ino) return null;
  if (now.size > maxBytes) return null;
  if (now.size === 0) return EMPTY;
  const content = Buffer.alloc(now.size);
  return content.subarray(0, readSync(fd, content, 0, content.length, 0));
}
