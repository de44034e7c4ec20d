import { linkSync, mkdirSync, readlinkSync, symlinkSync, type BigIntStats } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { AT_FDCWD, S_IFIFO, S_IFSOCK, syscall, SyscallError } from "@x/syscall";
import { UnionError } from "../error.ts";
import type { IdMap } from "../id-map.ts";
import type { Marks } from "../marks/marks.ts";
import { closeAll, findBelow, namesBelow, openBelow, type Below } from "../tree/below.ts";
import type { Directory } from "../tree/directory.ts";
import { copyContents } from "./copy-file.ts";
import { copyMetadata } from "./metadata.ts";

/** What to copy, and how. */
export interface CopyTree {
  /** Layers, topmost first. */
  readonly lower: readonly Directory[];
  readonly marks: Marks;
  /** An empty directory. */
  readonly target: Directory;
  readonly idmap: IdMap | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Copies what layers show together: contents, owners, modes, times, extended attributes, devices,
 * and the hard links among files of a layer. Resolves with notices of what could not be copied.
 * All is reached by descriptor; no link is followed.
 */
export async function copyTree(copy: CopyTree): Promise<string[]> {
  const work: Work = { ...copy, links: new Map(), notices: [] };
  await copyDirectory(copy.lower, copy.target, "", work);
  const top = copy.lower[0]!;
  const stats = top.stat(".");
  if (stats !== undefined) {
    const pair = { from: top.at(), to: copy.target.at(), stats, path: "/" };
    copyMetadata(pair, copy.idmap);
  }
  return work.notices;
}

interface Work extends CopyTree {
  /** Where a file that has several names was copied to, by device and inode. */
  readonly links: Map<string, string>;
  readonly notices: string[];
}

async function copyDirectory(
  lower: readonly Directory[],
  target: Directory,
  path: string,
  work: Work,
): Promise<void> {
  await setImmediate();
  for (const name of namesBelow(lower, work.marks)) {
    work.signal?.throwIfAborted();
    const below = findBelow(lower, name, work.marks);
    if (below === undefined) continue;
    const here = path === "" ? name : `${path}/${name}`;
    if (below.stats.isDirectory()) {
      await copySubdirectory(below, target, name, here, work);
    } else if (!(await copyEntry(below, target, name, here, work))) continue;
    const { parent, stats } = below;
    const pair = { from: parent.at(name), to: target.at(name), stats, path: utf8(here) };
    attempt(pair.path, () => copyMetadata(pair, work.idmap));
  }
}

async function copySubdirectory(
  below: Below,
  target: Directory,
  name: string,
  path: string,
  work: Work,
): Promise<void> {
  mkdirSync(target.at(name), { mode: 0o700 });
  const lower = openBelow(below, name, work.marks);
  try {
    using made = target.open(name);
    if (made !== undefined) await copyDirectory(lower, made, path, work);
  } finally {
    closeAll(lower);
  }
}

/** Whether there is a new file now that lacks its metadata. */
async function copyEntry(
  { stats, parent }: Below,
  target: Directory,
  name: string,
  path: string,
  work: Work,
): Promise<boolean> {
  const key = `${stats.dev}:${stats.ino}`;
  const earlier = stats.nlink > 1n ? work.links.get(key) : undefined;
  if (earlier !== undefined) {
    linkSync(work.target.at(earlier), target.at(name));
    return false;
  }
  if (stats.isFile()) {
    await attemptAsync(utf8(path), () => copyContents(parent, target, name));
  } else if (stats.isSymbolicLink()) {
    symlinkSync(readlinkSync(parent.at(name), "buffer"), target.at(name));
  } else if (!makeNode(target, name, stats)) {
    work.notices.push(`${utf8(path)} is a device, which this user cannot make: left out`);
    return false;
  }
  if (stats.nlink > 1n) work.links.set(key, path);
  return true;
}

function makeNode(target: Directory, name: string, stats: BigIntStats): boolean {
  const path = Buffer.concat([target.at(name), Buffer.alloc(1)]);
  const device = stats.isCharacterDevice() || stats.isBlockDevice();
  const type = device ? Number(stats.mode & 0o170000n) : stats.isFIFO() ? S_IFIFO : S_IFSOCK;
  try {
    syscall("mknodat", AT_FDCWD, path, type | 0o600, device ? Number(stats.rdev) : 0);
    return true;
  } catch (error) {
    if (error instanceof SyscallError && error.code === "EPERM") return false;
    throw error;
  }
}

function attempt(path: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw failed(path, error);
  }
}

async function attemptAsync(path: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    throw failed(path, error);
  }
}

function failed(path: string, error: unknown): UnionError {
  if (error instanceof UnionError) return error;
  const message = `${JSON.stringify(path)} cannot be copied: ${(error as Error).message}`;
  const full = (error as NodeJS.ErrnoException).code === "ENOSPC";
  const hint = full ? { hint: "The disk, or the `tmpfs` of this union, is full" } : {};
  return new UnionError("X_UNION_COPY", message, { cause: error, ...hint });
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString();
}
