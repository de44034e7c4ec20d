import { syscall } from "@x/syscall";
import type { OpenDirectory } from "./layer-directory.ts";

/** So many directories stay open: archives name files in the order of their directories. */
const most = 64;

/**
 * Directories by the path under which an archive names them. What is in here is only right until a
 * directory or a link is taken away, which may be on the way to any of them: `forget` then.
 * CVE-2025-47290 was a cache that did not.
 */
export class DirectoryCache {
  readonly #open = new Map<string, OpenDirectory>();
  /** Still in use by the entry that is worked on. */
  readonly #retired: number[] = [];
  #lastPath: string | undefined;
  #last: OpenDirectory | undefined;

  /** What is open under a path. */
  get(path: string): OpenDirectory | undefined {
    if (path === this.#lastPath) return this.#last;
    const found = this.#open.get(path);
    if (found === undefined) return undefined;
    this.#open.delete(path);
    this.#open.set(path, found);
    this.#lastPath = path;
    this.#last = found;
    return found;
  }

  /** Takes charge of an open directory. */
  set(path: string, directory: OpenDirectory): void {
    const before = this.#open.get(path);
    if (before !== undefined) this.#retire(path, before);
    this.#open.set(path, directory);
    this.#lastPath = path;
    this.#last = directory;
    if (this.#open.size <= most) return;
    const [oldest] = this.#open;
    this.#retire(...oldest!);
  }

  /** Forgets all paths. Their descriptors stay open until {@link release}. */
  forget(): void {
    for (const [path, directory] of this.#open) this.#retire(path, directory);
    this.#lastPath = undefined;
    this.#last = undefined;
  }

  /** Closes what the entry that is done with may have used. */
  release(): void {
    if (this.#retired.length === 0) return;
    for (const fd of this.#retired.splice(0)) syscall("close", fd);
  }

  /** Closes all. */
  close(): void {
    this.forget();
    this.release();
  }

  #retire(path: string, { fd }: OpenDirectory): void {
    this.#open.delete(path);
    this.#retired.push(fd);
  }
}
