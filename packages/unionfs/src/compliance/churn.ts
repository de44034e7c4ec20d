import { deepEqual } from "node:assert/strict";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Folder } from "../testing/folder.ts";
import type { Bench } from "./checks.ts";

const NAMES = ["a", "b", "c", "d"];

/** Changes a union at random, by a seed, and holds what is told against two looks at the tree. */
export async function churn(place: Folder, mount: Bench["mount"]): Promise<void> {
  for (const seed of [1, 2, 3, 4]) {
    const random = randomOf(seed);
    const lower = [1, 2, 3].map((i) => place.tree(`s${seed}l${i}`, {}));
    for (const layer of lower) scatter(layer, random, 12);
    const target = place.tree(`s${seed}t`, {});
    const own = { target, upper: place.tree(`s${seed}u`, {}), work: place.tree(`s${seed}w`, {}) };
    await using union = await mount({ lower, ...own });
    const before = look(target);
    for (let i = 0; i < 40; i++) act(target, random);
    const after = look(target);
    const told = new Map<string, string>();
    for await (const { path, kind } of union.changes()) told.set(path, kind);
    deepEqual(told, expected(before, after, told));
  }
}

/**
 * What should have been told. A file on top is told as modified whether its bytes are new or not,
 * and so is a directory with a new time: such a path is right either way.
 */
function expected(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  told: ReadonlyMap<string, string>,
): Map<string, string> {
  const right = new Map<string, string>();
  for (const path of [...told.keys(), ...before.keys(), ...after.keys()]) {
    const [was, is] = [before.get(path), after.get(path)];
    if (was === undefined && is !== undefined) right.set(path, "added");
    else if (was !== undefined && is !== undefined) {
      if (was !== is || told.get(path) === "modified") right.set(path, "modified");
    } else if (was !== undefined && isDirectory(after.get(parentOf(path)))) {
      right.set(path, "deleted");
    } else if (told.has(path)) right.set(path, "a mistake");
  }
  return right;
}

/** Only a directory's loss of an entry is told: not what was in one that is gone itself. */
function isDirectory(entry: string | undefined): boolean {
  return entry?.startsWith("directory") === true;
}

function parentOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

function look(root: string, path = "", seen = new Map<string, string>()): Map<string, string> {
  const full = join(root, path);
  const stats = lstatSync(full);
  const { mode } = stats;
  if (stats.isDirectory()) {
    seen.set(path, `directory ${mode}`);
    for (const name of readdirSync(full)) look(root, path === "" ? name : `${path}/${name}`, seen);
  } else if (stats.isFile()) seen.set(path, `file ${mode} ${readFileSync(full, "utf8")}`);
  else seen.set(path, "other");
  return seen;
}

function scatter(root: string, random: (below: number) => number, count: number): void {
  for (let i = 0; i < count; i++) make(pick(root, random), random);
}

function pick(root: string, random: (below: number) => number): string {
  const depth = 1 + random(3);
  return join(root, ...Array.from({ length: depth }, () => NAMES[random(NAMES.length)]!));
}

function make(path: string, random: (below: number) => number): void {
  try {
    const kind = random(4);
    if (kind === 0) mkdirSync(path, { recursive: true });
    else if (kind === 1) symlinkSync("a", path);
    else writeFileSync(path, String(random(1000)));
  } catch {
    // A name that is taken, or a way that leads nowhere, is a move of nothing.
  }
}

function act(root: string, random: (below: number) => number): void {
  const path = pick(root, random);
  try {
    const kind = random(6);
    if (kind === 0) rmSync(path, { recursive: true, force: true });
    else if (kind === 1 && existsSync(path)) chmodSync(path, random(2) === 0 ? 0o755 : 0o700);
    else if (kind === 2) renameSync(path, pick(root, random));
    else if (kind === 3) appendFileSync(path, "+");
    else if (kind === 4) {
      rmSync(path, { recursive: true, force: true });
      mkdirSync(path);
    } else make(path, random);
  } catch {
    // As above; and overlay moves no directory that is below (EXDEV).
  }
}

/** The same numbers for the same seed: a linear congruence. */
function randomOf(seed: number): (below: number) => number {
  let state = seed * 2654435761;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
