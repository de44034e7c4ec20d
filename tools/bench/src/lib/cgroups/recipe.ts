import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { createCgroup, type Cgroup } from "@x/cgroups";
import type { Home } from "./home.ts";
import { limits } from "./limits.ts";

/** A file of a group: in which of its directories, and what it is called. */
interface GroupFile {
  readonly directory: number;
  readonly name: string;
}

/** What it takes to make a group like ours and to read what ours reads, by plain file operations. */
export interface Recipe {
  /** The directories that a group's directories are made in, one for each hierarchy. */
  readonly parents: readonly string[];
  /** What is written into a new group, in order. */
  readonly writes: readonly (GroupFile & { readonly value: string })[];
  /** What `stat()` reads of it. */
  readonly reads: readonly GroupFile[];
}

/**
 * Learns the recipe from two groups of ours, by watching which files they open and what they write:
 * so the plain operations that ours are measured against are the same ones on any host.
 */
export async function learn({ parent }: Home): Promise<Recipe> {
  // The first finds out which files there are none of, and does not look for them again.
  await using first = await createCgroup(limits);
  first.stat();
  const watch = watchFiles();
  try {
    await using second = await createCgroup(limits);
    const writes = watch.calls.splice(0).flatMap(({ path, value }) => {
      const file = fileOf(second, path);
      return value === undefined || file === undefined ? [] : [{ ...file, value }];
    });
    second.stat();
    const opened = watch.calls.splice(0).filter(({ path }) => isReadable(path));
    const reads = opened.flatMap(({ path }) => fileOf(second, path) ?? []);
    return { parents: parent.directories.map(({ path }) => path), writes, reads };
  } finally {
    watch.end();
  }
}

interface Call {
  readonly path: string;
  /** Of a write. */
  readonly value?: string;
}

/** Takes note of what is read and written through `node:fs`, synchronously, until the end. */
function watchFiles(): { readonly calls: Call[]; readonly end: () => void } {
  const { openSync, writeSync } = fs;
  const calls: Call[] = [];
  const paths = new Map<number, string>();
  const note = (fd: number, value: unknown): void => {
    calls.push({ path: paths.get(fd) ?? "", value: String(value) });
  };
  put({
    openSync(path: fs.PathLike, flags: fs.OpenMode, mode?: fs.Mode) {
      const fd = openSync(path, flags, mode);
      paths.set(fd, String(path));
      if (flags === fs.constants.O_RDONLY) calls.push({ path: String(path) });
      return fd;
    },
    writeSync(fd: number, text: string) {
      note(fd, text);
      return writeSync(fd, text);
    },
  });
  return { calls, end: () => put({ openSync, writeSync }) };
}

/** Modules that have imported them by name see the others from now on. */
function put(functions: object): void {
  Object.assign(fs, functions);
  syncBuiltinESMExports();
}

/** Without PSI the files of pressure are there, and cannot be read. */
function isReadable(path: string): boolean {
  try {
    fs.readFileSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EOPNOTSUPP") return false;
    throw error;
  }
}

function fileOf({ directories }: Cgroup, path: string): GroupFile | undefined {
  const directory = directories.findIndex((one) => path.startsWith(`${one.path}/`));
  if (directory === -1) return undefined;
  return { directory, name: path.slice(directories[directory]!.path.length + 1) };
}
