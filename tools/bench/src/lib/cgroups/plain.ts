import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  rmdirSync,
  writeSync,
} from "node:fs";
import { each, type Contestant } from "./contestant.ts";
import type { Home } from "./home.ts";
import type { Recipe } from "./recipe.ts";

/**
 * The same directories, writes and files as ours, by the quickest calls of `node:fs` there are for
 * each: what anything on Node pays at least. Paths are put together before the clock starts.
 */
export function plain({ parents, writes, reads }: Recipe, home: Home): Contestant {
  return {
    name: "plain file operations",
    async round(pids) {
      const groups = pids.map((pid, i) => {
        const directories = parents.map((parent) => `${parent}/plain-${i}`);
        return {
          pid: String(pid),
          directories,
          members: directories.map((directory) => `${directory}/cgroup.procs`),
          writes: writes.map(({ directory, name, value }) => {
            return { path: `${directories[directory]}/${name}`, value };
          }),
          reads: reads.map(({ directory, name }) => `${directories[directory]}/${name}`),
        };
      });
      const create = await each(groups, ({ directories, writes }) => {
        for (const directory of directories) mkdirSync(directory, 0o755);
        for (const { path, value } of writes) write(path, value);
      });
      const move = await each(groups, ({ members, pid }) => {
        for (const file of members) write(file, pid);
      });
      const stat = await each(groups, ({ reads }) => {
        for (const file of reads) readFileSync(file, "utf8");
      });
      home.take(pids);
      const del = await each(groups, ({ directories }) => {
        for (const directory of directories) rmdirSync(directory);
      });
      return { create, move, stat, delete: del };
    },
  };
}

function write(path: string, value: string): void {
  const fd = openSync(path, constants.O_WRONLY);
  try {
    writeSync(fd, value);
  } finally {
    closeSync(fd);
  }
}
