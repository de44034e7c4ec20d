import { S_IFMT, S_IFSOCK } from "@x/syscall";
import { checkMarkless, type ChangeTree } from "./pack-change.ts";
import { changed, reading } from "./pack-error.ts";
import { entriesOf } from "./directory-entries.ts";
import { kernelPath } from "./entry-path.ts";
import { openStraight } from "./open-beneath.ts";
import { isDirectory, isWhiteout, itself, statusAt, type Status } from "./status.ts";
import { getXattr } from "./xattrs.ts";

/** Something that goes into a layer. Valid until the next one is asked for. */
export type Found =
  | {
      readonly kind: "file";
      /** From the root, as latin1; empty for the root itself. */
      readonly path: string;
      readonly status: Status;
      /** The directory it lies in, and its name there with a NUL. */
      readonly parent: number;
      readonly name: Uint8Array;
      /** Of directories: open for reading. */
      readonly directory: number | undefined;
    }
  /** A note on the layers below, under a name of its own. */
  | { readonly kind: "mark"; readonly path: string };

interface Level {
  readonly fd: number;
  readonly path: string;
  names: readonly string[];
  readonly changes: ChangeTree | undefined;
  at: number;
}

/** Descriptors that a walk keeps open, one for each directory on the way down. */
type Close = (fd: number) => void;

/**
 * Walks through a tree, or through what `changes` names of it: directories before what is in them,
 * notes on the layers below before files, otherwise in the order of bytes. Everything is reached
 * by descriptor; no link is followed, no mount entered. Sockets are left out, for they are nothing
 * without their process. What overlay left as notes (devices 0:0, attributes) is told as such.
 *
 * Throws ImageError `X_IMAGE_INVALID`, `X_IMAGE_STORE`.
 *
 * @yields what goes into the layer
 */
export function* walkTree(
  root: number,
  changes: ChangeTree | undefined,
  close: Close,
): Generator<Found, void> {
  const levels: Level[] = [];
  try {
    if (changes === undefined) yield foundDirectory(root, itself, "", root);
    levels.push({ fd: root, path: "", names: [], changes, at: 0 });
    yield* enter(levels[0]!);
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const name = level.names[level.at++];
      if (name !== undefined) {
        yield* visit(level, name, levels);
        continue;
      }
      levels.pop();
      if (level.fd !== root) close(level.fd);
    }
  } finally {
    for (const { fd } of levels) if (fd !== root) close(fd);
  }
}

// Fills a level in, and tells the notes in its directory first.
function* enter(level: Level): Generator<Found, void> {
  const { path, changes } = level;
  const listing = changes === undefined ? listed(level) : named(changes);
  level.names = listing.names.toSorted(byBytes);
  if (listing.opaque) yield { kind: "mark", path: join(path, ".wh..wh..opq") };
  for (const name of listing.deleted.toSorted(byBytes)) {
    yield { kind: "mark", path: join(path, `.wh.${name}`) };
  }
}

interface Listing {
  readonly names: readonly string[];
  readonly deleted: readonly string[];
  readonly opaque: boolean;
}

/** What changes name of a directory. */
function named({ entries, deleted, opaque }: ChangeTree): Listing {
  return { names: [...entries.keys()], deleted: [...deleted], opaque };
}

/** What is in a directory, and what overlay noted there. */
function listed({ fd, path }: Level): Listing {
  const names: string[] = [];
  const deleted: string[] = [];
  return reading(path, () => {
    for (const { name, hint } of entriesOf(fd)) {
      checkMarkless(name, join(path, name));
      const suspect = hint === "character" || hint === "unknown";
      if (suspect && isWhiteout(statusAt(fd, kernelPath(name)))) deleted.push(name);
      else names.push(name);
    }
    const opaque = opaqueAttributes.some((name) => getXattr(fd, name)?.toString("latin1") === "y");
    return { names, deleted, opaque };
  });
}

const opaqueAttributes = ["trusted.overlay.opaque", "user.overlay.opaque"];

function* visit(level: Level, name: string, levels: Level[]): Generator<Found, void> {
  const path = join(level.path, name);
  const parent = level.fd;
  const bytes = kernelPath(name);
  const changes = level.changes?.entries.get(name);
  const status = reading(path, () => statusAt(parent, bytes));
  if ((status.mode & S_IFMT) === S_IFSOCK) return;
  if (isWhiteout(status)) throw changed(path, "it was deleted");
  if (!isDirectory(status)) {
    const below = changes !== undefined && (changes.entries.size > 0 || changes.deleted.size > 0);
    if (below) throw changed(path, "it is no directory any more");
    yield { kind: "file", path, status, parent, name: bytes, directory: undefined };
    return;
  }
  const fd = reading(path, () => openStraight(parent, bytes));
  const below: Level = { fd, path, names: [], changes, at: 0 };
  levels.push(below);
  yield foundDirectory(parent, bytes, path, fd);
  yield* enter(below);
}

function foundDirectory(parent: number, name: Uint8Array, path: string, directory: number): Found {
  const status = reading(path, () => statusAt(directory, itself));
  return { kind: "file", path, status, parent, name, directory };
}

function join(directory: string, name: string): string {
  return directory === "" ? name : `${directory}/${name}`;
}

function byBytes(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
