import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { NamespaceError } from "./error.ts";
import type { IdMapping } from "./id-map.ts";

/** Ids of the host that a user may map: `count` of them from `start` on. */
export interface IdRange {
  readonly start: number;
  readonly count: number;
}

/** What `/etc/subuid` and `/etc/subgid` give to a user. */
export interface SubordinateIds {
  readonly uids: readonly IdRange[];
  readonly gids: readonly IdRange[];
}

/** A user, as the two files can name one. */
export interface Owner {
  readonly name?: string | undefined;
  readonly uid?: number | undefined;
}

/**
 * The ranges that `/etc/subuid` and `/etc/subgid` give to a user, by name or by id; the user of
 * this process unless given. None is an empty list. Source: subuid(5).
 *
 * Throws Node's own error when a file is there and cannot be read.
 */
export function subordinateIds(user?: string | number): SubordinateIds {
  const owner = ownerOf(user);
  return {
    uids: parseSubordinateIds(readOptional("/etc/subuid"), owner),
    gids: parseSubordinateIds(readOptional("/etc/subgid"), owner),
  };
}

/** The ranges of one user in the text of `/etc/subuid`; a line that is none counts for nobody. */
export function parseSubordinateIds(text: string, owner: Owner): IdRange[] {
  return text.split("\n").flatMap((line) => {
    const [, who, start, count] = /^([^:#]+):(\d+):(\d+)\s*$/.exec(line) ?? [];
    const isOwner = who !== undefined && (who === owner.name || who === String(owner.uid));
    return isOwner ? [{ start: Number(start), count: Number(count) }] : [];
  });
}

/**
 * The maps of a container for the user of this process: inside, root is this user, and the ids
 * from 1 on are the subordinate ones. Spread them into the options of `clone`.
 *
 * Throws `NamespaceError` (`X_NAMESPACE_HELPER`) when the user has none.
 */
export function rootlessIdMappings(): {
  readonly uidMappings: readonly IdMapping[];
  readonly gidMappings: readonly IdMapping[];
} {
  const { uids, gids } = subordinateIds();
  if (uids.length === 0 || gids.length === 0) {
    const file = uids.length === 0 ? "/etc/subuid" : "/etc/subgid";
    throw new NamespaceError("X_NAMESPACE_HELPER", `${file} gives no ids to this user`, {
      hint: `An administrator adds them: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${userName() ?? process.getuid?.()}`,
    });
  }
  return {
    uidMappings: ownAndRanges(process.geteuid?.() ?? 0, uids),
    gidMappings: ownAndRanges(process.getegid?.() ?? 0, gids),
  };
}

/** A map in which 0 is `own`, and the ranges follow from 1 on. */
export function ownAndRanges(own: number, ranges: readonly IdRange[]): IdMapping[] {
  let next = 1;
  const subordinate = ranges.map(({ start, count }) => {
    const mapping = { containerID: next, hostID: start, size: count };
    next += count;
    return mapping;
  });
  return [{ containerID: 0, hostID: own, size: 1 }, ...subordinate];
}

function ownerOf(user: string | number | undefined): Owner {
  if (user === undefined) return { name: userName(), uid: process.getuid?.() };
  const entries = readOptional("/etc/passwd")
    .split("\n")
    .map((line) => line.split(":"));
  const entry = entries.find(([name, , uid]) =>
    typeof user === "string" ? name === user : uid === String(user),
  );
  if (typeof user === "number") return { name: entry?.[0], uid: user };
  return { name: user, uid: entry === undefined ? undefined : Number(entry[2]) };
}

/** The name of this user; ids without a name are nothing unusual in a container. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch (error) {
    const { info } = error as { info?: { code?: string } };
    if (info?.code === "ENOENT") return undefined;
    throw error;
  }
}

function readOptional(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
