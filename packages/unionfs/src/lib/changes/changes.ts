import { setImmediate } from "node:timers/promises";
import { UnionError } from "../error.ts";
import type { IdMap } from "../id-map.ts";
import { isRootOfMachine } from "../overlay/facts.ts";
import { aufsMarks, fuseMarks, noMarks, overlayMarks, type Marks } from "../marks/marks.ts";
import { closeAll } from "../tree/below.ts";
import { Directory } from "../tree/directory.ts";
import type { Change } from "./change.ts";
import { walk, type Comparison } from "./walk.ts";

/** How {@link changes} reads the two sides. */
export interface ChangesOptions {
  /** What wrote the upper directory; overlay unless given. Of `copy`, it is the whole copy. */
  readonly driver?: "overlay" | "aufs" | "fuse-overlayfs" | "copy";
  /**
   * Whose attributes of overlay count: `trusted` where root of the machine mounted it, `user` where
   * it was mounted inside a user namespace. Unless given, whichever of the two this process is.
   */
  readonly attributes?: "trusted" | "user";
  /** The ids that the lower directories had in the union, as `mountUnion` was told. */
  readonly idmap?: IdMap;
  readonly signal?: AbortSignal;
}

/**
 * What happened on top: each path that is not as it is below, parents before what is in them,
 * otherwise in the order of bytes. Like `docker diff`, it lists a directory in which something
 * changed as modified, and a file of the upper directory as modified whether or not its bytes are
 * the same; a directory that was only copied up on the way is listed when its own attributes differ.
 * The root itself is not listed. A deleted directory is one change, what was in it is none.
 *
 * `lower` is topmost first, with whiteouts as the driver's (overlay's for `copy`). The trees are
 * read by descriptor and no link in them is followed, so they may come from anywhere.
 *
 * Rejects with UnionError `X_UNION_READ`, and with the reason of an aborted `signal`.
 *
 * @yields one change after the other, as the trees are read
 */
export async function* changes(
  upper: string,
  lower: readonly string[],
  options: ChangesOptions = {},
): AsyncGenerator<Change, void, undefined> {
  const { signal } = options;
  const comparison = comparisonOf(options);
  const opened: Directory[] = [];
  try {
    opened.push(Directory.open(upper, "upper"));
    for (const [i, path] of lower.entries()) opened.push(Directory.open(path, `lower[${i}]`));
    const [top, ...rest] = opened;
    const pair = { upper: top!, lower: untilOpaque(rest, comparison), path: "", covered: false };
    for (const change of walk(pair, comparison)) {
      signal?.throwIfAborted();
      if (change === undefined) await setImmediate();
      else yield change;
    }
  } finally {
    closeAll(opened);
  }
}

function comparisonOf({ driver = "overlay", attributes, idmap }: ChangesOptions): Comparison {
  const user = attributes === undefined ? !isRootOfMachine() : attributes === "user";
  const overlay = overlayMarks(user ? "overlay-user" : "overlay");
  const marks: Record<string, Comparison | undefined> = {
    overlay: alike(overlay),
    aufs: alike(aufsMarks),
    "fuse-overlayfs": { upperMarks: fuseMarks, lowerMarks: fuseMarks, whole: false },
    copy: { upperMarks: noMarks, lowerMarks: overlay, whole: true },
  };
  const comparison = marks[driver];
  if (comparison !== undefined) return { ...comparison, ...(idmap === undefined ? {} : { idmap }) };
  throw new UnionError("X_UNION_INVALID", `no driver ${JSON.stringify(driver)}`, {
    field: "driver",
    hint: `There are ${Object.keys(marks).join(", ")}`,
  });
}

function alike(marks: Marks): Comparison {
  return { upperMarks: marks, lowerMarks: marks, whole: false };
}

/** Below a root that is opaque, nothing counts. */
function untilOpaque(lower: Directory[], { lowerMarks }: Comparison): Directory[] {
  const last = lower.findIndex((directory) => lowerMarks.isOpaque(directory));
  return last === -1 ? lower : lower.slice(0, last + 1);
}
