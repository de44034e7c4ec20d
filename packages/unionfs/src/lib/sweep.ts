import { readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { lstat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { reclaim } from "./copy/fill.ts";
import { readState } from "./copy/state.ts";
import { FUSE_TYPE } from "./drivers/fuse-overlayfs.ts";
import { parseMountinfo, type MountEntry } from "./mounts/mountinfo.ts";
import { isOrphaned } from "./mounts/owner.ts";
import { unmount } from "./mounts/unmount.ts";

/** What {@link sweepUnions} has taken away. */
export interface SweptUnion {
  readonly target: string;
  /** The type of the mount, or `copy`. */
  readonly type: string;
}

/** What {@link sweepUnions} takes away. */
export interface SweepOptions {
  /**
   * Copies as well; `false` unless given. A copy says of itself, in an attribute, where it belongs,
   * and is believed: never where others write below the directory, as containers and images do.
   */
  readonly copies?: boolean;
}

/** How deep below the directory copies are looked for. */
const DEPTH = 3;

/**
 * Takes away the unions below a directory whose process has ended without doing so, as after a
 * `kill -9`: mounts, with the mark that `volatile` leaves in the work directory, and copies if told,
 * which go back to their upper directory. Unions of living processes, of other PID namespaces and of
 * others than this package stay as they are.
 *
 * @returns what was taken away, topmost first
 * @throws UnionError `X_UNION_MOUNT` when a mount cannot be taken away.
 */
export async function sweepUnions(
  directory: string,
  { copies = false }: SweepOptions = {},
): Promise<SweptUnion[]> {
  const root = realpathSync(directory);
  const swept: SweptUnion[] = [];
  for (const mount of mountsBelow(root)) {
    if (!isOrphaned(mount.source) && !(await isDead(mount))) continue;
    unmount(mount.place, { lazy: true });
    forgetVolatile(mount);
    swept.push({ target: mount.place, type: mount.type });
  }
  for (const target of copies ? copiesBelow(root, DEPTH) : []) {
    if (reclaim(target)) swept.push({ target, type: "copy" });
  }
  return swept;
}

/** The last one mounted first: it may lie on another. */
function mountsBelow(root: string): MountEntry[] {
  const mounts = parseMountinfo(readFileSync("/proc/self/mountinfo", "latin1"));
  return mounts.filter(({ place }) => place.startsWith(`${root}/`)).toReversed();
}

/** A mount of fuse-overlayfs names no owner, but without its program it answers nobody. */
async function isDead({ type, place }: MountEntry): Promise<boolean> {
  if (type !== FUSE_TYPE) return false;
  try {
    await lstat(place);
    return false;
  } catch (error) {
    return ["ENOTCONN", "ECONNABORTED"].includes((error as NodeJS.ErrnoException).code ?? "");
  }
}

function forgetVolatile({ options }: MountEntry): void {
  const work = options.get("workdir");
  if (work === undefined || !isAbsolute(work) || work.startsWith("/proc/")) return;
  rmSync(join(work, "work", "incompat"), { recursive: true, force: true });
}

function copiesBelow(directory: string, depth: number): string[] {
  if (depth === 0) return [];
  const names = readdirSync(directory, { withFileTypes: true }).filter((one) => one.isDirectory());
  return names.flatMap(({ name }) => {
    const path = join(directory, name);
    return readState(path) === undefined ? copiesBelow(path, depth - 1) : [path];
  });
}
