import { existsSync, readFileSync } from "node:fs";
import { CgroupError } from "../error.ts";
import type { GroupDirectory } from "../hierarchy/hierarchy.ts";
import { errnoOf, kernelError } from "./kernel-error.ts";
import { writeFile } from "./write-file.ts";

/** The processes of one directory; none when it is gone. */
export function processesIn(directory: string): number[] {
  return idsIn(`${directory}/cgroup.procs`);
}

/** The threads of one directory: `tasks` in v1, `cgroup.threads` in v2. */
export function threadsIn(directory: string, version: 1 | 2): number[] {
  return idsIn(`${directory}/${version === 1 ? "tasks" : "cgroup.threads"}`);
}

/** A process of another PID namespace is listed as 0: it has no number here. */
function idsIn(file: string): number[] {
  try {
    const ids = readFileSync(file, "latin1").split("\n");
    return ids.flatMap((id) => (id === "" || id === "0" ? [] : [Number(id)]));
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT" || code === "ENODEV") return [];
    // A threaded group has threads alone: their processes are listed by the domain above.
    if (code === "EOPNOTSUPP") return [];
    throw kernelError(`cannot read ${file}`, error);
  }
}

/** Moves a process with all its threads into a group, in every hierarchy. */
export function moveProcess(directories: readonly GroupDirectory[], pid: number): void {
  checkId(pid, "pid");
  for (const { path } of directories) move(`${path}/cgroup.procs`, pid);
}

/** Moves one thread; a v2 group must be of type `threaded` for that. */
export function moveThread(directories: readonly GroupDirectory[], tid: number): void {
  checkId(tid, "tid");
  for (const { path, hierarchy } of directories) {
    move(`${path}/${hierarchy.version === 1 ? "tasks" : "cgroup.threads"}`, tid);
  }
}

function move(file: string, id: number): void {
  try {
    writeFile(file, String(id));
  } catch (error) {
    throw error instanceof CgroupError ? notMoved(file, id, error) : error;
  }
}

function notMoved(file: string, id: number, error: CgroupError): CgroupError {
  const { code, cause } = error;
  if (code === "X_CGROUP_BUSY") {
    return new CgroupError(code, `${file} takes no process: it has groups below it`, {
      hint: "A v2 group that hands controllers down has no processes of its own: add them to a group below (cgroups(7), the no internal processes rule)",
      cause,
    });
  }
  const outside = errnoOf(cause) === "ENOENT" && existsSync(file);
  if (outside || code === "X_CGROUP_PERMISSION") return notOurs(file, id, cause);
  if (code !== "X_CGROUP_GONE") return error;
  const message = existsSync(file)
    ? `there is no process ${id} (ESRCH, 3)`
    : `the group of ${file} is gone (ENOENT, 2)`;
  return new CgroupError(code, message, { cause });
}

/** cgroup-v2.rst, "Delegation Containment": EACCES, and ENOENT across a namespace's edge. */
function notOurs(file: string, id: number, cause: unknown): CgroupError {
  const { code, errno = 0 } = cause as NodeJS.ErrnoException;
  return new CgroupError(
    "X_CGROUP_PERMISSION",
    `cannot move process ${id} to ${file} (${code}, ${-errno})`,
    {
      hint: "It must be in the part of the tree that was delegated, or inside the cgroup namespace, to be moved within it: start it from a program that is, or have root move it",
      cause,
    },
  );
}

/** 0 would be whoever writes it. */
function checkId(id: number, field: string): void {
  if (Number.isInteger(id) && id > 0 && id <= 4_194_304) return;
  throw new CgroupError("X_CGROUP_INVALID", `${id} is no process or thread number`, { field });
}
