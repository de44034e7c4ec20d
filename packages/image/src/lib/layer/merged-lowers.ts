import { O_CLOEXEC, O_DIRECTORY, O_NOFOLLOW, O_PATH, syscall } from "@x/syscall";
import { entriesOf } from "./directory-entries.ts";
import { kernelPath } from "./entry-path.ts";
import { kernelSaidOf } from "./kernel-said.ts";
import { byItself, openHost, openStraight } from "./open-beneath.ts";
import { isDirectory, isWhiteout, itself, statusIfAny } from "./status.ts";
import type { Status } from "./status.ts";
import { getXattr } from "./xattrs.ts";

/** A file of the layers below. The descriptor is that of the directory it lies in. */
export interface LowerFile {
  readonly directory: number;
  readonly name: Uint8Array;
  readonly status: Status;
}

const handle = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

/** Layers seen as overlay would show them, the topmost first. Follows no link. */
export class MergedLowers implements Disposable {
  readonly #roots: number[] = [];

  /** Throws `X_IMAGE_STORE`. */
  constructor(directories: readonly string[]) {
    for (const directory of directories) {
      try {
        this.#roots.push(openHost(directory));
      } catch (error) {
        this[Symbol.dispose]();
        throw kernelSaidOf("open the layer", directory, error);
      }
    }
  }

  /** Calls `look` with what lies at a path, if anything does, and returns what it returns. */
  at<T>(path: string, look: (file: LowerFile) => T): T | undefined {
    const opened: number[] = [];
    try {
      const names = path.split("/").map(kernelPath);
      const leaf = path === "" ? itself : names.pop()!;
      let layers: readonly number[] = this.#roots;
      if (path !== "") for (const name of names) layers = below(layers, name, opened);
      for (const directory of layers) {
        const status = statusIfAny(directory, leaf);
        if (status === undefined) continue;
        return isWhiteout(status) ? undefined : look({ directory, name: leaf, status });
      }
      return undefined;
    } finally {
      for (const fd of opened) syscall("close", fd);
    }
  }

  /** The names in the root of all layers, those of whiteouts too. */
  rootNames(): Set<string> {
    const names = new Set<string>();
    for (const root of this.#roots) {
      const fd = openStraight(root, dot);
      try {
        for (const { name } of entriesOf(fd)) names.add(name);
      } finally {
        syscall("close", fd);
      }
    }
    return names;
  }

  [Symbol.dispose](): void {
    for (const fd of this.#roots.splice(0)) syscall("close", fd);
  }
}

/** The directories of a name that show in each other's place, given those they lie in. */
function below(layers: readonly number[], name: Uint8Array, opened: number[]): number[] {
  const found: number[] = [];
  for (const layer of layers) {
    const status = statusIfAny(layer, name);
    if (status === undefined) continue;
    if (!isDirectory(status)) break;
    const fd = syscall("openat", layer, name, handle, 0);
    opened.push(fd);
    found.push(fd);
    if (isOpaque(fd)) break;
  }
  return found;
}

function isOpaque(fd: number): boolean {
  return opaqueXattrs.some((name) => getXattr(byItself(fd), name)?.toString("latin1") === "y");
}

const opaqueXattrs = ["trusted.overlay.opaque", "user.overlay.opaque"];
const dot = Buffer.from(".\0");
