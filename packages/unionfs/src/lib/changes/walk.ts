import type { BigIntStats } from "node:fs";
import type { Listing, Marks } from "../marks/marks.ts";
import type { IdMap } from "../id-map.ts";
import { closeAll, findBelow, namesBelow, openBelow, type Below } from "../tree/below.ts";
import { byBytes, type Directory } from "../tree/directory.ts";
import { changeOf, type Change } from "./change.ts";
import { differs } from "./differs.ts";

/** How two trees are held against each other. */
export interface Comparison {
  readonly upperMarks: Marks;
  readonly lowerMarks: Marks;
  /** The upper tree is all there is, and not only what changed. */
  readonly whole: boolean;
  /** The ids that owners below have on top. */
  readonly idmap?: IdMap;
}

/** Two trees at one directory. */
export interface Pair {
  readonly upper: Directory;
  /** What lies below it, topmost first. */
  readonly lower: readonly Directory[];
  /** From the root; empty for the root itself. Latin1. */
  readonly path: string;
  /** Nothing of what lies below shows through. */
  readonly covered: boolean;
}

/**
 * What changed, parents before children, names in the order of their bytes.
 *
 * @yields changes, and undefined now and then, so that whoever waits can do something else
 */
export function* walk(pair: Pair, comparison: Comparison): Generator<Change | undefined> {
  const { upper, lower, path } = pair;
  const { upperMarks, lowerMarks, whole, idmap } = comparison;
  yield undefined;
  const listing = upperMarks.list(upper);
  const covered = pair.covered || listing.opaque;
  for (const name of namesOf(listing, pair, comparison)) {
    const here = path === "" ? name : `${path}/${name}`;
    const below = findBelow(lower, name, lowerMarks);
    const stats = listing.entries.get(name);
    if (stats === undefined) {
      const mark = covered && !listing.whiteouts.has(name) ? ({ covered: true } as const) : {};
      if (below !== undefined) yield changeOf(here, "deleted", mark);
    } else if (stats.isDirectory()) {
      yield* directory({ ...pair, covered, path: here }, { name, stats }, below, comparison);
    } else if (below === undefined) {
      yield changeOf(here, "added");
    } else if (!whole || differs({ parent: upper, name, stats }, { ...below, name }, idmap)) {
      yield changeOf(here, "modified");
    }
  }
}

function namesOf({ entries, whiteouts, opaque }: Listing, pair: Pair, how: Comparison): string[] {
  const hidden = opaque || pair.covered || how.whole ? namesBelow(pair.lower, how.lowerMarks) : [];
  return [...new Set([...entries.keys(), ...whiteouts, ...hidden])].toSorted(byBytes);
}

function* directory(
  at: Pair,
  { name, stats }: { readonly name: string; readonly stats: BigIntStats },
  below: Below | undefined,
  comparison: Comparison,
): Generator<Change | undefined> {
  const upper = at.upper.open(name);
  if (upper === undefined) return;
  const lower: Directory[] = [];
  try {
    if (below?.stats.isDirectory() === true) {
      lower.push(...openBelow(below, name, comparison.lowerMarks));
    }
    const opaque = lower.length > 0 && comparison.upperMarks.isOpaque(upper);
    const kind = below === undefined ? "added" : "modified";
    const itself = changeOf(at.path, kind, opaque ? { opaque: true } : {});
    let told =
      opaque ||
      below === undefined ||
      differs({ parent: at.upper, name, stats }, { ...below, name }, comparison.idmap);
    if (told) yield itself;
    for (const change of walk({ ...at, upper, lower }, comparison)) {
      if (change !== undefined && !told) {
        told = true;
        yield itself;
      }
      yield change;
    }
  } finally {
    upper.close();
    closeAll(lower);
  }
}
