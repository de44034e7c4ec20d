import { closeSync, constants, existsSync, openSync, readSync } from "node:fs";
import type { Files } from "../controller.ts";
import { giveDescriptor, takeDescriptor } from "./descriptor-budget.ts";
import { errnoOf, kernelError } from "./kernel-error.ts";

/** One for all: reads are synchronous, and the text is copied out at once. */
let buffer = Buffer.allocUnsafeSlow(16_384);
/** A list shorter than this came whole: the kernel fills a page before it stops. */
const SURELY_WHOLE = 2048;

/** Handles that were dropped without `delete()` or `close()` give their descriptors back. */
const dropped = new FinalizationRegistry<Map<string, number>>(closeAll);

/**
 * The files of a group in one hierarchy. What is read for the second time stays open: the kernel
 * makes the text anew at every read from the start.
 */
export class DirectoryFiles implements Files, Disposable {
  readonly path: string;
  readonly #open = new Map<string, number>();
  /** Files seen once; and those that are not there. */
  readonly #seen = new Map<string, boolean>();

  constructor(path: string) {
    this.path = path;
    dropped.register(this, this.#open, this);
  }

  read(file: string): string | undefined {
    const kept = this.#open.get(file);
    if (kept !== undefined) return this.#again(file, kept);
    const path = `${this.path}/${file}`;
    const seen = this.#seen.get(file);
    // An exception costs ten times an answer.
    if (seen === false || (seen === undefined && !existsSync(path))) {
      this.#seen.set(file, false);
      return undefined;
    }
    return this.#first(file, path, seen === true);
  }

  /** Looks anew at what is there: a controller may have been enabled. */
  forget(): void {
    for (const [file, there] of this.#seen) if (!there) this.#seen.delete(file);
  }

  /** Closes what is open; reading goes on as at first. */
  close(): void {
    closeAll(this.#open);
    this.#seen.clear();
  }

  [Symbol.dispose](): void {
    this.close();
    dropped.unregister(this);
  }

  #first(file: string, path: string, again: boolean): string | undefined {
    let fd: number;
    try {
      fd = openSync(path, constants.O_RDONLY);
    } catch (error) {
      return absent(path, error);
    }
    this.#seen.set(file, true);
    let keep = false;
    try {
      const text = textOf(fd);
      keep = again && takeDescriptor();
      if (keep) this.#open.set(file, fd);
      return text;
    } catch (error) {
      return absent(path, error);
    } finally {
      if (!keep) closeSync(fd);
    }
  }

  #again(file: string, fd: number): string | undefined {
    try {
      return textOf(fd);
    } catch (error) {
      this.#open.delete(file);
      closeSync(fd);
      giveDescriptor();
      // Removed, and perhaps made again under the same name.
      if (errnoOf(error) === "ENODEV") return this.#first(file, `${this.path}/${file}`, false);
      return absent(`${this.path}/${file}`, error);
    }
  }
}

function closeAll(open: Map<string, number>): void {
  for (const fd of open.values()) {
    closeSync(fd);
    giveDescriptor();
  }
  open.clear();
}

/** Not there; or there without the feature, as pressure files with `psi=0`. */
function absent(path: string, error: unknown): undefined {
  const code = errnoOf(error);
  if (code === "EOPNOTSUPP") return undefined;
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
