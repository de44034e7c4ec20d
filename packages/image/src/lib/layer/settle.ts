import { AT_REMOVEDIR, S_IFCHR, syscall } from "@x/syscall";
import { malformed, printable } from "../tar/fault.ts";
import type { Applied, PendingLink } from "./apply.ts";
import { timesOf } from "./attributes.ts";
import { copyAttributes, copyUp } from "./copy-up.ts";
import { entriesOf } from "./directory-entries.ts";
import { checkDirectory, entryPath, joinPath, kernelPath, pathBytes } from "./entry-path.ts";
import { isErrno, kernelSaid, kernelSaidOf } from "./kernel-said.ts";
import { deepestFirst } from "./layer-directory.ts";
import { MergedLowers } from "./merged-lowers.ts";
import { byName, openHost, openStraight } from "./open-beneath.ts";
import { pauses } from "./pauses.ts";
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
  const root = openRoot(directory);
  let [step, about] = ["hide what is below", "."];
  try {
    using merged = new MergedLowers(lowers);
    const layer = new SettledLayer(root, applied, merged);
    const pause = pauses();
    for (const path of applied.hidden) {
      [step, about] = ["hide this", path];
      layer.tidyWhiteout(path);
      await pause();
    }
    if (applied.opaque.includes("")) layer.hideAll();
    for (const link of applied.pendingLinks) {
      [step, about] = ["make this hard link", link.name];
      layer.link(link);
      await pause();
    }
    for (const { path } of deepestFirst([...layer.implicit].map((name) => ({ path: name })))) {
      [step, about] = ["give this directory what it has below", path];
      layer.describe(path);
      await pause();
    }
  } catch (error) {
    throw kernelSaid(step, pathBytes(about), error);
  } finally {
    syscall("close", root);
  }
}

/** Whether there is anything that {@link settleLayer} would have to ask the layers below. */
export function needsLowers({ implicit, pendingLinks, hidden, opaque }: Applied): boolean {
  return implicit.length > 0 || pendingLinks.length > 0 || hidden.length > 0 || opaque.includes("");
}

function openRoot(directory: string): number {
  try {
    return openHost(directory);
  } catch (error) {
    throw kernelSaidOf("open the layer", directory, error);
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
  /** Where in this layer the copies of files from below are, by the names they have there. */
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
    try {
      this.#changing(parent, (directory) => {
        const name = kernelPath(leaf);
        const status = statusIfAny(directory, name);
        if (status !== undefined && isWhiteout(status)) syscall("unlinkat", directory, name, 0);
      });
    } catch (error) {
      // Something else has taken the place of the directory.
      if (!isErrno(error, "ENOENT", "ENOTDIR", "ELOOP")) throw error;
    }
  }

  /** Makes a hard link to a file of another layer: a copy of it, and a link to that. */
  link({ name, target }: PendingLink): void {
    this.#checkTarget(name, target);
    const { parent, leaf } = entryPath(pathBytes(name));
    const bytes = kernelPath(leaf);
    const there = this.#changing(parent, (fd) => statusIfAny(fd, bytes));
    // An entry that came later has taken the name.
    if (there !== undefined && !isWhiteout(there)) return;
    if (there !== undefined) this.#changing(parent, (fd) => syscall("unlinkat", fd, bytes, 0));
    const copy = this.#copies.get(target) ?? this.#copy(name, target);
    if (copy !== name) this.#linkHere(name, copy);
  }

  #checkTarget(name: string, target: string): void {
    const found = this.#lowers.at(target, ({ status }) => status);
    if (found !== undefined && !isDirectory(found)) return;
    const what =
      found === undefined
        ? "which neither this layer nor those below have"
        : "which is a directory";
    throw malformed(pathBytes(name), `a hard link to ${printable(pathBytes(target))}, ${what}`);
  }

  /** Copies a file of the layers below, to its own place if that shows and is free. */
  #copy(name: string, target: string): string {
    const hidden = this.#hidden.has(target) || this.#coveredAbove(target);
    const inside = target.startsWith(`${name}/`);
    const place = hidden || inside || this.#isTaken(target) ? name : target;
    const { parent, leaf } = entryPath(pathBytes(place));
    this.#reach(parent);
    this.#lowers.at(target, (lower) =>
      this.#changing(parent, (fd) => copyUp(lower, fd, kernelPath(leaf))),
    );
    this.#copies.set(target, place);
    return place;
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

  #linkHere(name: string, target: string): void {
    const [place, source] = [entryPath(pathBytes(name)), entryPath(pathBytes(target))];
    const from = openStraight(this.#root, kernelPath(source.parent || "."));
    try {
      const leaf = kernelPath(source.leaf);
      this.#changing(place.parent, (fd) =>
        syscall("linkat", from, leaf, fd, kernelPath(place.leaf), 0),
      );
    } finally {
      syscall("close", from);
    }
  }

  /** Whether something of this layer lies at a path, or is no directory on the way to it. */
  #isTaken(path: string): boolean {
    const { parent, leaf } = entryPath(pathBytes(path));
    let directory: number;
    try {
      directory = openStraight(this.#root, kernelPath(parent || "."));
    } catch (error) {
      if (isErrno(error, "ENOENT")) return false;
      if (isErrno(error, "ENOTDIR", "ELOOP")) return true;
      throw error;
    }
    try {
      return statusIfAny(directory, kernelPath(leaf)) !== undefined;
    } finally {
      syscall("close", directory);
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
