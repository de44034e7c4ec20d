import { AT_FDCWD, S_ISGID, syscall } from "@x/syscall";
import { malformed } from "../tar/fault.ts";
import { DirectoryCache } from "./directory-cache.ts";
import { joinPath, kernelPath } from "./entry-path.ts";
import { isErrno } from "./kernel-said.ts";
import { pathBelow, pathOnHost } from "./host-path.ts";
import { claim, isOurs } from "./layer-directory.ts";
import type { LayerDirectory, OpenDirectory } from "./layer-directory.ts";
import { byDescriptor, byItself, byName, openInRoot, openStraight } from "./open-beneath.ts";
import { removeAt } from "./removal.ts";
import {
  inodeAt,
  isDirectory,
  isSymlink,
  isWhiteout,
  itself,
  statusAt,
  statusIfAny,
} from "./status.ts";
import { hasDefaultAcl, setXattr } from "./xattrs.ts";

/** What {@link Directories} needs to know. */
export interface DirectoriesOptions {
  readonly uid: number;
  /** The layer is to be stacked: it hides what it does not remove. */
  readonly overlay: boolean;
  /** The attribute that makes a directory hide what is below it. */
  readonly opaqueXattr: string;
}

/**
 * The directories below a root while a layer is applied: found by the paths of an archive, made
 * when they are missing, told apart by whose they are.
 */
export class Directories {
  readonly root: OpenDirectory;
  readonly nodes: Map<number | bigint, LayerDirectory> = new Map();
  /** Paths that this layer hides of the layers below, for overlay. */
  readonly hidden: Set<string> = new Set();
  /** Hard links to files that are not of this layer, by the paths where they are to be. */
  readonly pendingLinks: Map<string, string> = new Map();
  /** Whether permissions of directories do not stand in this user's way. */
  readonly mayAll: boolean;
  readonly #cache = new DirectoryCache();
  readonly #opaqueXattr: string;
  readonly #overlay: boolean;
  readonly #rootPath: Buffer;

  /** Takes charge of the root's descriptor, a handle. */
  constructor(root: number, isEmpty: boolean, options: DirectoriesOptions) {
    this.mayAll = options.uid === 0;
    this.#opaqueXattr = options.opaqueXattr;
    this.#overlay = options.overlay;
    this.#rootPath = pathOnHost(root);
    this.root = { fd: root, node: this.#addForeign(root, "", isEmpty) };
  }

  /** The directory at a path; undefined when there is none. Follows links, inside the root. */
  find(path: string): OpenDirectory | undefined {
    return path === "" ? this.root : (this.#cache.get(path) ?? this.#open(path));
  }

  /** Whether something that is no directory lies on the way to a path. */
  isBlocked(path: string): boolean {
    try {
      syscall("close", openInRoot(this.root.fd, kernelPath(path)));
    } catch (error) {
      return isErrno(error, "ENOTDIR");
    }
    return false;
  }

  /** The directory at a path, made if it is missing. `entry` is who needs it, for errors. */
  reach(path: string, entry: Uint8Array): OpenDirectory {
    const found = this.find(path);
    if (found !== undefined) return found;
    let [current, walked] = [this.root, ""];
    for (const name of path.split("/")) {
      walked = joinPath(walked, name);
      current = this.#cache.get(walked) ?? this.#step(current, name, walked, entry);
    }
    return current;
  }

  /**
   * Makes something at a name, in the place of what lies there. `make` fails with `EEXIST` when
   * something does.
   */
  place<T>(parent: OpenDirectory, leaf: string, name: Uint8Array, make: () => T): T {
    let made: T;
    try {
      made = make();
    } catch (error) {
      if (!isErrno(error, "EEXIST")) throw error;
      this.remove(parent, leaf, name);
      made = make();
    }
    this.#claim(parent, leaf);
    return made;
  }

  /** Makes a directory where nothing or no directory lies; undefined where one does. */
  make(
    parent: OpenDirectory,
    leaf: string,
    name: Uint8Array,
    mode: number,
  ): LayerDirectory | undefined {
    try {
      syscall("mkdirat", parent.fd, name, mode);
    } catch (error) {
      if (!isErrno(error, "EEXIST")) throw error;
      if (isDirectory(statusAt(parent.fd, name))) return undefined;
      this.remove(parent, leaf, name);
      syscall("mkdirat", parent.fd, name, mode);
      // What the file hid of the layers below stays hidden.
      if (this.#overlay) this.hidden.add(joinPath(parent.node.path, leaf));
    }
    this.#claim(parent, leaf);
    const node: LayerDirectory = {
      path: joinPath(parent.node.path, leaf),
      inode: inodeAt(parent.fd, name),
      own: true,
      hides: false,
      mode,
      described: undefined,
      acl: undefined,
      before: undefined,
      names: undefined,
      inherits: parent.node.inherits,
    };
    this.nodes.set(node.inode, node);
    if (this.hidden.size > 0 && this.hidden.has(node.path)) this.hide(parent, name, node);
    return node;
  }

  /** Lets a directory that came after a whiteout of its name hide what is below. */
  hide(parent: OpenDirectory, name: Uint8Array, node: LayerDirectory): void {
    node.hides = true;
    setXattr(byName(parent.fd, name), this.#opaqueXattr, yes);
  }

  /** What is known of the directory at a name, which is no link. */
  nodeAt(parent: OpenDirectory, leaf: string, name: Uint8Array): LayerDirectory {
    const known = this.nodes.get(inodeAt(parent.fd, name));
    if (known !== undefined) return known;
    const fd = openInRoot(parent.fd, name);
    try {
      return this.#addForeign(fd, joinPath(parent.node.path, leaf), false);
    } finally {
      syscall("close", fd);
    }
  }

  /** Removes what lies at a name, whatever it is. */
  remove(parent: OpenDirectory, leaf: string, name: Uint8Array): void {
    const status = statusAt(parent.fd, name);
    removeAt(parent.fd, name);
    if (isDirectory(status) || isSymlink(status)) this.#cache.forget();
    if (this.pendingLinks.size === 0) return;
    const below = `${joinPath(parent.node.path, leaf)}/`;
    for (const path of this.pendingLinks.keys()) {
      if (path.startsWith(below)) this.pendingLinks.delete(path);
    }
  }

  /** Notes a hard link to a file of another layer, in the place of what lies at its name. */
  postpone(parent: OpenDirectory, leaf: string, name: Uint8Array, target: string): void {
    if (statusIfAny(parent.fd, name) !== undefined) this.remove(parent, leaf, name);
    const path = joinPath(parent.node.path, leaf);
    this.hidden.add(path);
    this.pendingLinks.set(path, this.pendingLinks.get(target) ?? target);
  }

  /** Opens a directory that is known, to read it and to change it; undefined when it is gone. */
  open(node: LayerDirectory): number | undefined {
    let fd: number;
    try {
      fd = openStraight(this.root.fd, kernelPath(node.path === "" ? "." : node.path));
    } catch (error) {
      if (isErrno(error, "ENOENT", "ENOTDIR", "ELOOP")) return undefined;
      throw error;
    }
    if (inodeAt(fd, itself) === node.inode) return fd;
    syscall("close", fd);
    return undefined;
  }

  /** Says that directories or links were taken away by other means than {@link remove}. */
  forget(): void {
    this.#cache.forget();
  }

  /** Says that an entry is done with. */
  release(): void {
    this.#cache.release();
  }

  close(): void {
    this.#cache.close();
    syscall("close", this.root.fd);
  }

  #open(path: string): OpenDirectory | undefined {
    const fd = this.#openPath(path);
    if (fd === undefined) return undefined;
    const node =
      this.nodes.get(inodeAt(fd, itself)) ??
      this.#addForeign(fd, pathBelow(this.#rootPath, fd) ?? path, false);
    const found = { fd, node };
    this.#cache.set(path, found);
    return found;
  }

  #openPath(path: string): number | undefined {
    const bytes = kernelPath(path);
    try {
      return openInRoot(this.root.fd, bytes);
    } catch (error) {
      if (isErrno(error, "ENOENT", "ENOTDIR")) return undefined;
      if (this.mayAll || !isErrno(error, "EACCES")) throw error;
    }
    // One of the directories on the way may not be entered: finding each lets this user in.
    const above = path.lastIndexOf("/");
    if (above > 0 && this.find(path.slice(0, above)) === undefined) return undefined;
    return openInRoot(this.root.fd, bytes);
  }

  #claim(parent: OpenDirectory, leaf: string): void {
    claim(parent.node, leaf);
    if (this.pendingLinks.size > 0) this.pendingLinks.delete(joinPath(parent.node.path, leaf));
  }

  /** A directory of other layers, which its owner is let into until the end. */
  #addForeign(fd: number, path: string, own: boolean): LayerDirectory {
    const before = statusAt(fd, itself);
    const locked = !this.mayAll && (before.mode & 0o700) !== 0o700;
    if (locked) syscall("fchmodat", AT_FDCWD, byDescriptor(fd), 0o700);
    const node: LayerDirectory = {
      path,
      inode: before.inode,
      own,
      hides: false,
      mode: locked ? 0o700 : before.mode & 0o7777,
      described: undefined,
      acl: undefined,
      // One tree keeps what its root is like until a layer describes it.
      before: own && this.#overlay ? undefined : before,
      names: undefined,
      inherits: (before.mode & S_ISGID) !== 0 || hasDefaultAcl(byItself(fd)),
    };
    this.nodes.set(node.inode, node);
    return node;
  }

  /** One step on the way to a directory, from the one above: what is missing is made. */
  #step(above: OpenDirectory, leaf: string, path: string, entry: Uint8Array): OpenDirectory {
    const name = kernelPath(leaf);
    const status = statusIfAny(above.fd, name);
    if (status === undefined || !isDirectory(status)) {
      const found = status !== undefined && isSymlink(status) ? this.#open(path) : undefined;
      return found ?? this.#makeOnTheWay(above, leaf, path, entry);
    }
    const fd = openInRoot(above.fd, name);
    const known = this.nodes.get(status.inode);
    const node = known ?? this.#addForeign(fd, joinPath(above.node.path, leaf), false);
    this.#cache.set(path, { fd, node });
    return { fd, node };
  }

  #makeOnTheWay(
    above: OpenDirectory,
    leaf: string,
    path: string,
    entry: Uint8Array,
  ): OpenDirectory {
    const name = kernelPath(leaf);
    if (this.pendingLinks.has(joinPath(above.node.path, leaf))) {
      throw malformed(entry, `it lies in ${JSON.stringify(path)}, which is a hard link`);
    }
    if (isOurs(above.node, leaf)) {
      const there = statusIfAny(above.fd, name);
      if (there !== undefined && !isWhiteout(there)) {
        throw malformed(entry, `it lies in ${JSON.stringify(path)}, which is no directory`);
      }
    }
    const node = this.make(above, leaf, name, 0o700);
    if (node === undefined) {
      throw malformed(entry, `it lies in ${JSON.stringify(path)}, which leads nowhere`);
    }
    const made = { fd: openInRoot(above.fd, name), node };
    this.#cache.set(path, made);
    return made;
  }
}

const yes = Buffer.from("y");
