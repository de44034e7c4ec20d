import { AT_REMOVEDIR, S_IFCHR, syscall } from "@x/syscall";
import { malformed } from "../tar/fault.ts";
import type { Applied } from "./apply.ts";
import { timesOf } from "./attributes.ts";
import { copyAttributes, copyUp } from "./copy-up.ts";
import { entriesOf } from "./directory-entries.ts";
import { checkDirectory, entryPath, joinPath, kernelPath, pathBytes } from "./entry-path.ts";
import type { PendingLink } from "./extraction.ts";
import { isErrno, kernelSaid } from "./kernel-said.ts";
import { deepestFirst } from "./layer-directory.ts";
import { MergedLowers } from "./merged-lowers.ts";
import { byName, openHost, openStraight } from "./open-beneath.ts";
import { isDirectory, isWhiteout, itself, statusAt, statusIfAny } from "./status.ts";
import { setXattr } from "./xattrs.ts";

/**
 * Completes a layer that was applied for overlay with what only the layers below can say: what
 * directories are like that the layer does not describe, the files that its hard links name, and
 * what there is to hide. `lowers` are their directories, the topmost first.
 *
 * Throws `X_IMAGE_ARCHIVE` for a hard link to a file that is nowhere, `X_IMAGE_NO_SPACE`,
 * `X_IMAGE_STORE`. Links of the layers below are not followed.
 */
export async function settleLayer(
  directory: string,
  applied: Applied,
  lowers: readonly string[],
): Promise<void> {
  checkDirectory(directory);
  for (const lower of lowers) checkDirectory(lower);
  let [step, about] = ["open the layers", directory];
  const root = { fd: -1 };
  try {
    root.fd = openHost(directory);
    using merged = new MergedLowers(lowers);
    const layer = new SettledLayer(root.fd, applied, merged);
    [step, about] = ["hide what is below", "."];
    if (applied.opaque.includes("")) layer.hideAll();
    for (const path of applied.hidden) {
      [step, about] = ["hide this", path];
      layer.tidyWhiteout(path);
    }
    for (const link of applied.pendingLinks) {
      [step, about] = ["make this hard link", link.name];
      layer.link(link);
    }
    for (const { path } of deepestFirst([...layer.implicit].map((name) => ({ path: name })))) {
      [step, about] = ["give this directory what it has below", path];
      layer.describe(path);
    }
  } catch (error) {
    throw kernelSaid(step, pathBytes(about), error);
  } finally {
    if (root.fd !== -1) syscall("close", root.fd);
  }
}

class SettledLayer {
  /** Directories that get their attributes from below. */
  readonly implicit: Set<string>;
  readonly #root: number;
  readonly #lowers: MergedLowers;
  readonly #opaque: ReadonlySet<string>;
  readonly #hidden: ReadonlySet<string>;
  readonly #opaqueXattr: string;
  /** Copies of files that are hidden under the name they have below. */
  readonly #copies = new Map<string, string>();

  constructor(root: number, applied: Applied, lowers: MergedLowers) {
    this.#root = root;
    this.#lowers = lowers;
    this.implicit = new Set(applied.implicit);
    this.#opaque = new Set(applied.opaque);
    this.#hidden = new Set(applied.hidden);
    this.#opaqueXattr = applied.opaqueXattr;
  }

  /** Overlay has no opaque root: each name below is hidden by itself. */
  hideAll(): void {
    this.#changing("", (root) => {
      for (const name of this.#lowers.rootNames()) {
        const [bytes, below] = [kernelPath(name), this.#lowers.at(name, ({ status }) => status)];
        const here = statusIfAny(root, bytes);
        if (below === undefined) continue;
        if (here === undefined) syscall("mknodat", root, bytes, S_IFCHR | 0o600, 0);
        else if (isDirectory(here)) setXattr(byName(root, bytes), this.#opaqueXattr, yes);
      }
    });
  }

  /** Takes away a whiteout of nothing: where overlay merges nothing, it would show. */
  tidyWhiteout(path: string): void {
    const { parent, leaf } = entryPath(pathBytes(path));
    const hides = !this.#coveredAbove(path) && this.#lowers.at(path, () => true) === true;
    if (hides) return;
    this.#changing(parent, (directory) => {
      const name = kernelPath(leaf);
      const status = statusIfAny(directory, name);
      if (status !== undefined && isWhiteout(status)) syscall("unlinkat", directory, name, 0);
    });
  }

  /** Makes a hard link to a file of another layer: a copy of it, and a link to that. */
  link({ name, target }: PendingLink): void {
    const place = entryPath(pathBytes(name));
    const there = this.#changing(place.parent, (fd) => statusIfAny(fd, kernelPath(place.leaf)));
    if (there !== undefined && !isWhiteout(there)) return;
    if (there !== undefined) {
      this.#changing(place.parent, (fd) => syscall("unlinkat", fd, kernelPath(place.leaf), 0));
    }
    const hidden = this.#hidden.has(target) || this.#coveredAbove(target);
    const source = hidden ? this.#copies.get(target) : target;
    if (source !== undefined && this.#linkHere(name, source)) return;
    const from = this.#lowers.at(target, (lower) => {
      if (isDirectory(lower.status)) throw malformed(pathBytes(name), "a hard link to a directory");
      const copy = entryPath(pathBytes(hidden ? name : target));
      this.#reach(copy.parent);
      this.#changing(copy.parent, (fd) => copyUp(lower, fd, kernelPath(copy.leaf)));
      return true;
    });
    if (from === undefined) {
      const message = `a hard link to ${JSON.stringify(target)}, which neither this layer nor those below have`;
      throw malformed(pathBytes(name), message);
    }
    if (hidden) this.#copies.set(target, name);
    else this.#linkHere(name, target);
  }

  /** Gives a directory the attributes that it has below; takes it away if nothing needs it. */
  describe(path: string): void {
    const fd = openStraight(this.#root, kernelPath(path === "" ? "." : path));
    try {
      const covered = this.#coveredAbove(path);
      const found = covered
        ? undefined
        : this.#lowers.at(path, (lower) => {
            if (!isDirectory(lower.status)) return false;
            copyAttributes(lower, fd);
            return true;
          });
      if (found === true || path === "" || entriesOf(fd).length > 0) return;
    } finally {
      syscall("close", fd);
    }
    const { parent, leaf } = entryPath(pathBytes(path));
    this.#changing(parent, (above) => syscall("unlinkat", above, kernelPath(leaf), AT_REMOVEDIR));
  }

  /** Whether a directory above hides what the layers below have at a path. */
  #coveredAbove(path: string): boolean {
    if (path === "") return false;
    if (this.#opaque.has("")) return true;
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      if (this.#opaque.has(path.slice(0, at))) return true;
    }
    return false;
  }

  #linkHere(name: string, target: string): boolean {
    const [place, source] = [entryPath(pathBytes(name)), entryPath(pathBytes(target))];
    let from: number;
    try {
      from = openStraight(this.#root, kernelPath(source.parent || "."));
    } catch (error) {
      if (isErrno(error, "ENOENT", "ENOTDIR", "ELOOP")) return false;
      throw error;
    }
    try {
      const leaf = kernelPath(source.leaf);
      const status = statusIfAny(from, leaf);
      if (status === undefined || isWhiteout(status)) return false;
      if (isDirectory(status)) throw malformed(pathBytes(name), "a hard link to a directory");
      this.#changing(place.parent, (fd) =>
        syscall("linkat", from, leaf, fd, kernelPath(place.leaf), 0),
      );
      return true;
    } finally {
      syscall("close", from);
    }
  }

  /** Makes the directories on a path that are missing, to be described like the others. */
  #reach(path: string): void {
    let walked = "";
    for (const name of path === "" ? [] : path.split("/")) {
      const above = walked;
      walked = joinPath(walked, name);
      const bytes = kernelPath(name);
      this.#changing(above, (fd) => {
        if (statusIfAny(fd, bytes) !== undefined) return;
        syscall("mkdirat", fd, bytes, 0o755);
        this.implicit.add(walked);
      });
    }
  }

  /** Lets a directory's contents change without its times. */
  #changing<T>(path: string, change: (directory: number) => T): T {
    const fd = openStraight(this.#root, kernelPath(path || "."));
    try {
      const before = statusAt(fd, itself);
      const result = change(fd);
      syscall("utimensat", fd, null, timesOf(before), 0);
      return result;
    } finally {
      syscall("close", fd);
    }
  }
}

const yes = Buffer.from("y");
