import { closeSync, constants, existsSync, openSync, readSync } from "node:fs";
import type { Files } from "../controller.ts";
import { CgroupError } from "../error.ts";
import { giveDescriptor, takeDescriptor } from "./descriptor-budget.ts";
import { errnoOf, kernelError } from "./kernel-error.ts";

/** One for all: reads are synchronous, and the text is copied out at once. */
let buffer = Buffer.allocUnsafeSlow(16_384);
/** A list shorter than this came whole: the kernel fills a page before it stops. */
const SURELY_WHOLE = 2048;

/** What is known of a file that is not kept open; a number from 0 on is its descriptor. */
const ABSENT = -1;
const READ_ONCE = -2;

/**
 * Names of files that one group or the other turned out not to have. Those are looked for before
 * they are opened, since an exception costs ten times an answer; all others are opened at once.
 */
const absentSomewhere = new Set<string>();

/** Handles that were dropped without `delete()` or `close()` give their descriptors back. */
const dropped = new FinalizationRegistry<Map<string, number>>(closeAll);

/**
 * The files of a group in one hierarchy. What is read for the second time stays open: the kernel
 * makes the text anew at every read from the start.
 */
export class DirectoryFiles implements Files, Disposable {
  readonly path: string;
  /** Made when it is needed: most groups are never asked for most of their hierarchies' files. */
  #known: Map<string, number> | undefined;
  #registered = false;

  constructor(path: string) {
    this.path = path;
  }

  read(file: string): string | undefined {
    const known = this.#known?.get(file);
    if (known === undefined) return this.#first(file, false);
    if (known === ABSENT) return undefined;
    return known === READ_ONCE ? this.#first(file, true) : this.#again(file, known);
  }

  /** Looks anew at what is there: a controller may have been enabled. */
  forget(): void {
    for (const [file, known] of this.#known ?? []) {
      if (known === ABSENT) this.#known?.delete(file);
    }
  }

  /** Closes what is open; reading goes on as at first. */
  close(): void {
    if (this.#known === undefined) return;
    closeAll(this.#known);
    if (this.#registered) dropped.unregister(this);
    this.#registered = false;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #first(file: string, again: boolean): string | undefined {
    const path = `${this.path}/${file}`;
    if (absentSomewhere.has(file) && !existsSync(path)) return this.#absent(file);
    let fd: number;
    try {
      fd = openSync(path, constants.O_RDONLY);
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return this.#absent(file, error);
      return unreadable(path, error);
    }
    let keep = false;
    try {
      const text = textOf(fd);
      keep = again && takeDescriptor();
      this.#note(file, keep ? fd : READ_ONCE);
      return text;
    } catch (error) {
      return unreadable(path, error);
    } finally {
      if (!keep) closeSync(fd);
    }
  }

  #again(file: string, fd: number): string | undefined {
    try {
      return textOf(fd);
    } catch (error) {
      this.#known?.delete(file);
      closeSync(fd);
      giveDescriptor();
      // Removed, and perhaps made again under the same name.
      if (errnoOf(error) === "ENODEV") return this.#first(file, false);
      return unreadable(`${this.path}/${file}`, error);
    }
  }

  #absent(file: string, cause?: unknown): undefined {
    if (!existsSync(this.path)) {
      const message = `cannot read ${this.path}/${file}: the group is gone (ENOENT, 2)`;
      throw new CgroupError("X_CGROUP_GONE", message, cause === undefined ? {} : { cause });
    }
    absentSomewhere.add(file);
    this.#note(file, ABSENT);
  }

  #note(file: string, known: number): void {
    this.#known ??= new Map();
    this.#known.set(file, known);
    if (known < 0 || this.#registered) return;
    dropped.register(this, this.#known, this);
    this.#registered = true;
  }
}

function closeAll(known: Map<string, number>): void {
  for (const fd of known.values()) {
    if (fd < 0) continue;
    closeSync(fd);
    giveDescriptor();
  }
  known.clear();
}

/** There without the feature, as pressure files with `psi=0`, or not to be read. */
function unreadable(path: string, error: unknown): undefined {
  if (errnoOf(error) === "EOPNOTSUPP") return undefined;
  throw kernelError(`cannot read ${path}`, error);
}

function textOf(fd: number): string {
  let length = readSync(fd, buffer, 0, buffer.length, 0);
  if (length >= SURELY_WHOLE) {
    for (let more = 1; more > 0; length += more) {
      if (length === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
      more = readSync(fd, buffer, length, buffer.length - length, length);
    }
  }
  const end = length > 0 && buffer[length - 1] === 10 ? length - 1 : length;
  return buffer.toString("latin1", 0, end);
}
