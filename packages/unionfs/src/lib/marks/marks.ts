import type { BigIntStats } from "node:fs";
import { getAttribute } from "../tree/attributes.ts";
import type { Directory } from "../tree/directory.ts";
import { attributePrefix, markOfName } from "./mark.ts";

/** One directory of one layer, with its marks understood. Names are latin1. */
export interface Listing {
  /** Nothing of this directory below counts. */
  readonly opaque: boolean;
  /** Sorted by bytes. */
  readonly entries: ReadonlyMap<string, BigIntStats>;
  /** What is gone below. */
  readonly whiteouts: ReadonlySet<string>;
}

/** What one layer knows of one name. */
interface Found {
  readonly stats: BigIntStats | undefined;
  /** What lower layers know of it does not count. */
  readonly last: boolean;
}

/** How to understand the marks of a layer. */
export interface Marks {
  readonly list: (directory: Directory) => Listing;
  readonly find: (directory: Directory, name: string) => Found;
  readonly isOpaque: (directory: Directory) => boolean;
}

/** A plain tree has none. */
export const noMarks: Marks = {
  list: (directory) => listing(directory, directory.names(), false, () => false),
  find: (directory, name) => ({ stats: directory.stat(name), last: false }),
  isOpaque: () => false,
};

/** Those of overlay: devices 0:0, and attributes of the directory. */
export function overlayMarks(convention: "overlay" | "overlay-user"): Marks {
  const prefix = attributePrefix(convention);
  const mode = (directory: Directory): string | undefined => textOf(directory, `${prefix}opaque`);
  /** In directories that say so, a whiteout can be an empty file. Source: overlayfs.rst. */
  const isWhiteout = (
    directory: Directory,
    name: string,
    stats: BigIntStats,
    x: boolean,
  ): boolean =>
    isDevice0(stats) ||
    (x &&
      stats.isFile() &&
      stats.size === 0n &&
      getAttribute(directory.at(name), `${prefix}whiteout`) !== undefined);
  return {
    list(directory) {
      const marked = mode(directory);
      return listing(directory, directory.names(), marked === "y", (name, stats) =>
        isWhiteout(directory, name, stats, marked === "x"),
      );
    },
    find(directory, name) {
      const stats = directory.stat(name);
      if (stats === undefined) return { stats, last: false };
      const may = stats.isFile() && stats.size === 0n;
      const gone = isWhiteout(directory, name, stats, may && mode(directory) === "x");
      return gone ? { stats: undefined, last: true } : { stats, last: false };
    },
    isOpaque: (directory) => mode(directory) === "y",
  };
}

/** Those of aufs: names that begin with `.wh.`. */
export const aufsMarks: Marks = byName({ attributes: [], devices: false });

/** Those of fuse-overlayfs, which makes devices 0:0 where it may and names where not. */
export const fuseMarks: Marks = byName({
  attributes: ["trusted.overlay.opaque", "user.fuseoverlayfs.opaque", "user.overlay.opaque"],
  devices: true,
});

function byName(also: {
  readonly attributes: readonly string[];
  readonly devices: boolean;
}): Marks {
  const isOpaque = (directory: Directory): boolean =>
    directory.stat(OPAQUE) !== undefined ||
    also.attributes.some((name) => textOf(directory, name) === "y");
  const isWhiteout = (stats: BigIntStats): boolean => also.devices && isDevice0(stats);
  return {
    isOpaque,
    list(directory) {
      const names = directory.names();
      const plain = names.filter((name) => markOfName(name) === undefined);
      const found = listing(directory, plain, isOpaque(directory), (_, stats) => isWhiteout(stats));
      const whiteouts = names.flatMap((name) => {
        const mark = markOfName(name);
        return mark?.kind === "whiteout" ? [mark.name] : [];
      });
      return { ...found, whiteouts: new Set([...found.whiteouts, ...whiteouts]) };
    },
    find(directory, name) {
      if (markOfName(name) !== undefined) return { stats: undefined, last: false };
      const stats = directory.stat(name);
      if (stats !== undefined && isWhiteout(stats)) return { stats: undefined, last: true };
      return { stats, last: directory.stat(`.wh.${name}`) !== undefined };
    },
  };
}

const OPAQUE = ".wh..wh..opq";

function listing(
  directory: Directory,
  names: readonly string[],
  opaque: boolean,
  isWhiteout: (name: string, stats: BigIntStats) => boolean,
): Listing {
  const entries = new Map<string, BigIntStats>();
  const whiteouts = new Set<string>();
  for (const name of names) {
    const stats = directory.stat(name);
    if (stats === undefined) continue;
    if (isWhiteout(name, stats)) whiteouts.add(name);
    else entries.set(name, stats);
  }
  return { opaque, entries, whiteouts };
}

function isDevice0(stats: BigIntStats): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0n;
}

function textOf(directory: Directory, attribute: string): string | undefined {
  const value = getAttribute(directory.at(), attribute);
  return value === undefined ? undefined : Buffer.from(value).toString("latin1");
}
