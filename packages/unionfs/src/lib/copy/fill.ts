import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { AT_FDCWD, RENAME_EXCHANGE, syscall, SyscallError } from "@x/syscall";
import { UnionError } from "../error.ts";
import type { IdMap } from "../id-map.ts";
import { overlayMarks } from "../marks/marks.ts";
import { ownerOfThis } from "../mounts/owner.ts";
import { unmount } from "../mounts/unmount.ts";
import { isRootOfMachine } from "../overlay/facts.ts";
import { closeAll } from "../tree/below.ts";
import { Directory } from "../tree/directory.ts";
import { copyTree } from "./copy-tree.ts";
import { isForsaken, readState, writeState } from "./state.ts";

/** A copy that is to be in `target`; with `upper`, it is there when it is not in use. */
export interface Copy {
  readonly target: string;
  readonly upper: string | undefined;
  readonly lower: readonly string[];
  readonly idmap: IdMap | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Puts the copy into the target: the one that `upper` keeps, one that a killed process left there,
 * or a new one. Resolves with notices. What a killed process had not finished is done again.
 */
export async function fill(copy: Copy): Promise<string[]> {
  const { target, upper } = copy;
  checkPlaces(target, upper);
  reclaim(target);
  if (!isEmpty(target)) {
    refuse("target", target, "is not empty");
  }
  if (upper === undefined || isEmpty(upper)) return fillNew(copy);
  if (readState(upper)?.whole !== true) {
    refuse("upper", upper, "is not empty, and what is in it no copy of the driver copy's");
  }
  writeState(upper, { whole: true, owner: ownerOfThis(), upper });
  exchange(target, upper);
  return [];
}

/** Takes the copy out of the target: back to `upper`, or away. */
export function clear({ target, upper }: Pick<Copy, "target" | "upper">): void {
  if (upper === undefined) return empty(target);
  exchange(target, upper);
  writeState(upper, { whole: true });
}

/** Takes a copy away whose process has ended without doing so; true if there was one. */
export function reclaim(target: string): boolean {
  const state = readState(target);
  if (!isForsaken(state)) return false;
  const { upper } = state;
  // Its mount over itself, for attributes; an ordinary user has none.
  if (process.geteuid?.() === 0) unmount(target, { lazy: true });
  // Killed before the exchange, the copy still waits where it should.
  if (upper === target) writeState(target, { whole: true });
  else if (state.whole && upper !== undefined && isEmptyDirectory(upper)) clear({ target, upper });
  else empty(target);
  return true;
}

async function fillNew({ lower, target, upper, idmap, signal }: Copy): Promise<string[]> {
  const marks = overlayMarks(isRootOfMachine() ? "overlay" : "overlay-user");
  const opened: Directory[] = [];
  const state = { owner: ownerOfThis(), ...(upper === undefined ? {} : { upper }) };
  writeState(target, { ...state, whole: false });
  try {
    lower.forEach((path, i) => opened.push(Directory.open(path, `lower[${i}]`)));
    const opaque = opened.findIndex((layer) => marks.isOpaque(layer));
    const layers = opaque === -1 ? opened : opened.slice(0, opaque + 1);
    using into = Directory.open(target, "target");
    const notices = await copyTree({ lower: layers, marks, target: into, idmap, signal });
    writeState(target, { ...state, whole: true });
    return notices;
  } catch (error) {
    empty(target);
    throw error;
  } finally {
    closeAll(opened);
  }
}

function empty(directory: string): void {
  for (const name of readdirSync(directory, "buffer")) {
    const path = Buffer.concat([Buffer.from(join(directory, "/")), name]);
    rmSync(path as never, { recursive: true, force: true });
  }
  writeState(directory, undefined);
}

function isEmptyDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true && isEmpty(path);
}

function isEmpty(directory: string): boolean {
  return readdirSync(directory).length === 0;
}

/** Both are directories of one file system, or nothing is begun. */
function checkPlaces(target: string, upper: string | undefined): void {
  const [there, here] = [["target", target] as const, ["upper", upper] as const].map(
    ([field, path]) => {
      if (path === undefined) return undefined;
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats?.isDirectory() !== true) refuse(field, path, "is no directory");
      return stats;
    },
  );
  if (here !== undefined && there?.dev !== here.dev) {
    const hint = "The driver copy keeps its copy in `upper` by exchanging the two";
    throw new UnionError(
      "X_UNION_UNSUPPORTED",
      `${JSON.stringify(upper)} is on another file system than the target`,
      {
        field: "upper",
        hint,
      },
    );
  }
}

function exchange(target: string, upper: string): void {
  try {
    syscall("renameat2", AT_FDCWD, target, AT_FDCWD, upper, RENAME_EXCHANGE);
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    const code = error.code === "EBUSY" ? "X_UNION_BUSY" : "X_UNION_COPY";
    const message = `${JSON.stringify(target)} and ${JSON.stringify(upper)} cannot be exchanged: ${error.message}`;
    throw new UnionError(code, message, { cause: error });
  }
}

function refuse(field: string, path: string, message: string): never {
  throw new UnionError("X_UNION_INVALID", `${JSON.stringify(path)} ${message}`, { field });
}
