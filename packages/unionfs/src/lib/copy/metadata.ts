import { chmodSync, lchownSync, type BigIntStats } from "node:fs";
import { AT_FDCWD, AT_SYMLINK_NOFOLLOW, syscall, SyscallError } from "@x/syscall";
import { mapId, type IdMap } from "../id-map.ts";
import { getAttribute, listAttributes, setAttribute } from "../tree/attributes.ts";
import { UnionError } from "../error.ts";

/** An entry to take from, and one that gets what it has. */
export interface Pair {
  readonly from: Buffer;
  readonly to: Buffer;
  readonly stats: BigIntStats;
  /** For messages. */
  readonly path: string;
}

/** Marks of the layers, which mean nothing in a copy. */
const PRIVATE = /^(trusted|user)\.(overlay|fuseoverlayfs)\./;

/**
 * Gives a copy the owner, the extended attributes, the mode and the times of its original, in this
 * order: a new owner takes set-user-ID and capabilities away. An ordinary user keeps what it may.
 */
export function copyMetadata({ from, to, stats, path }: Pair, idmap: IdMap | undefined): void {
  chown(to, stats, path, idmap);
  for (const name of listAttributes(from)) {
    const value = PRIVATE.test(name) ? undefined : getAttribute(from, name);
    if (value !== undefined) tolerate(() => setAttribute(to, name, value));
  }
  if (!stats.isSymbolicLink()) chmodSync(to, Number(stats.mode & 0o7777n));
  setTimes(to, stats);
}

function chown(to: Buffer, stats: BigIntStats, path: string, idmap: IdMap | undefined): void {
  const [uid, gid] = [Number(stats.uid), Number(stats.gid)];
  const owner = idmap === undefined ? uid : mapId(uid, idmap.uidMappings);
  const group = idmap === undefined ? gid : mapId(gid, idmap.gidMappings);
  if (owner === undefined || group === undefined) {
    throw new UnionError(
      "X_UNION_COPY",
      `${JSON.stringify(path)} belongs to ${uid}:${gid}, which is in no range`,
      {
        field: "idmap",
        hint: "Map all ids that the layers use",
      },
    );
  }
  if (process.geteuid?.() === 0) {
    lchownSync(to, owner, group);
    return;
  }
  try {
    lchownSync(to, owner, group);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM" || idmap !== undefined) throw error;
  }
}

function setTimes(to: Buffer, stats: BigIntStats): void {
  const times = Buffer.alloc(32);
  [stats.atimeNs, stats.mtimeNs].forEach((ns, i) => {
    const sub = ((ns % SECOND) + SECOND) % SECOND;
    times.writeBigInt64LE((ns - sub) / SECOND, 16 * i);
    times.writeBigInt64LE(sub, 16 * i + 8);
  });
  const path = Buffer.concat([to, Buffer.alloc(1)]);
  syscall("utimensat", AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW);
}

const SECOND = 1_000_000_000n;

/** What the target's file system, or this user, cannot have is left out. */
function tolerate(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (error instanceof SyscallError && ["EPERM", "EOPNOTSUPP"].includes(error.code)) return;
    throw error;
  }
}
