import { S_IFCHR, syscall } from "@x/syscall";
import type { Directories } from "./directories.ts";
import { entriesOf } from "./directory-entries.ts";
import { joinPath, kernelPath } from "./entry-path.ts";
import { isErrno } from "./kernel-said.ts";
import { claim, isOurs, undescribed } from "./layer-directory.ts";
import type { LayerDirectory } from "./layer-directory.ts";
import { removeAt } from "./removal.ts";
import { isDirectory, statusAt } from "./status.ts";

/*
 * Source: OCI layer.md, "Whiteouts": they hide what lower layers have, never what their own layer
 * has, wherever in the archive they stand.
 */

/** Hides a name of the layers below, for overlay: a character device 0:0. */
export function hideName(
  directories: Directories,
  parent: string,
  leaf: string,
  entry: Uint8Array,
): void {
  const directory = directories.reach(parent, entry);
  const name = kernelPath(leaf);
  directories.hidden.add(joinPath(directory.node.path, leaf));
  try {
    syscall("mknodat", directory.fd, name, S_IFCHR | 0o600, 0);
    claim(directory.node, leaf);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
    if (!isDirectory(statusAt(directory.fd, name))) return;
    directories.hide(directory, name, directories.nodeAt(directory, leaf, name));
  }
}

/** Removes a name that other layers brought; what this layer put there, or below, stays. */
export function removeName(directories: Directories, parent: string, leaf: string): void {
  const directory = directories.find(parent);
  if (directory === undefined) return;
  const name = kernelPath(leaf);
  let directoryThere: boolean;
  try {
    directoryThere = isDirectory(statusAt(directory.fd, name));
  } catch (error) {
    if (isErrno(error, "ENOENT")) return;
    throw error;
  }
  const ours = isOurs(directory.node, leaf);
  if (!directoryThere) {
    if (!ours) directories.remove(directory, leaf, name);
    return;
  }
  const node = directories.nodeAt(directory, leaf, name);
  if (node.own) return;
  if (!ours && !kept(directories, node).has(node.path)) {
    directories.remove(directory, leaf, name);
    return;
  }
  removeOthers(directories, node);
  node.described ??= undescribed;
}

/** Removes what other layers brought into a directory; what this layer put there stays. */
export function removeOthers(directories: Directories, top: LayerDirectory): void {
  const keep = kept(directories, top);
  directories.forget();
  for (const pending = [top]; pending.length > 0;) {
    const node = pending.pop()!;
    const fd = directories.open(node);
    if (fd === undefined) continue;
    try {
      for (const { name } of entriesOf(fd)) {
        const bytes = kernelPath(name);
        const stays = keep.has(joinPath(node.path, name)) && isDirectory(statusAt(fd, bytes));
        if (!stays) {
          if (!isOurs(node, name)) removeAt(fd, bytes);
          continue;
        }
        const below = directories.nodeAt({ fd, node }, name, bytes);
        if (below.own) continue;
        below.described ??= undescribed;
        pending.push(below);
      }
    } finally {
      syscall("close", fd);
    }
    node.own = true;
  }
}

/** The directories at and below one that have something of this layer in them. */
function kept({ nodes }: Directories, top: LayerDirectory): ReadonlySet<string> {
  const keep = new Set<string>();
  const below = top.path === "" ? "" : `${top.path}/`;
  for (const { path, own, names, described } of nodes.values()) {
    if (path !== top.path && !path.startsWith(below)) continue;
    if (!own && names === undefined && described === undefined) continue;
    for (
      let at = path.length;
      at >= top.path.length && at >= 0;
      at = path.lastIndexOf("/", at - 1)
    ) {
      keep.add(path.slice(0, at));
      if (at === 0) break;
    }
  }
  return keep;
}
