import { closeSync, constants, lstatSync, openSync, readdirSync, type BigIntStats } from "node:fs";
import { UnionError } from "../error.ts";

const FLAGS = constants.O_RDONLY | constants.O_DIRECTORY;

/**
 * A directory that is open: everything in it is reached by its descriptor and one name, and no
 * symbolic link in it is ever followed. Names are bytes, as latin1.
 */
export class Directory implements Disposable {
  readonly fd: number;
  /** For messages. */
  readonly path: string;
  #open = true;

  private constructor(fd: number, path: string) {
    this.fd = fd;
    this.path = path;
  }

  /** Opens a directory by a path of one's own. Throws UnionError `X_UNION_READ`. */
  static open(path: string, field?: string): Directory {
    try {
      return new Directory(openSync(path, FLAGS), path);
    } catch (error) {
      throw unreadable(path, error, field);
    }
  }

  /** The path of an entry, by the descriptor; without a name, of the directory itself. */
  at(name = ""): Buffer {
    return Buffer.from(`/proc/self/fd/${this.fd}/${name}`, "latin1");
  }

  /** The names of all entries, in the order of their bytes. */
  names(): string[] {
    try {
      return readdirSync(this.at(), "latin1").toSorted(byBytes);
    } catch (error) {
      throw unreadable(this.path, error);
    }
  }

  /** What an entry is, itself and not what it may link to; undefined where there is none. */
  stat(name: string): BigIntStats | undefined {
    try {
      return lstatSync(this.at(name), { bigint: true, throwIfNoEntry: false });
    } catch (error) {
      if (codeOf(error) === "ENOTDIR" || codeOf(error) === "ENAMETOOLONG") return undefined;
      throw unreadable(this.#below(name), error);
    }
  }

  /** Opens a directory in it; undefined when there is none, or something else by now. */
  open(name: string): Directory | undefined {
    const path = this.#below(name);
    try {
      return new Directory(openSync(this.at(name), FLAGS | constants.O_NOFOLLOW), path);
    } catch (error) {
      if (["ENOENT", "ENOTDIR", "ELOOP"].includes(codeOf(error))) return undefined;
      throw unreadable(path, error);
    }
  }

  #below(name: string): string {
    return `${this.path}/${Buffer.from(name, "latin1").toString()}`;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The order of bytes, of latin1 names. */
export function byBytes(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}

function unreadable(path: string, error: unknown, field?: string): UnionError {
  const { code, message } = error as NodeJS.ErrnoException;
  const hint =
    code === "EACCES"
      ? "It belongs to somebody else: be root, or do it inside the user namespace it was made in"
      : code === "EMFILE"
        ? "Too many files are open (RLIMIT_NOFILE)"
        : undefined;
  return new UnionError("X_UNION_READ", `${JSON.stringify(path)} cannot be read: ${message}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
    ...(field === undefined ? {} : { field }),
  });
}
