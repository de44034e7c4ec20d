import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { errnoOf } from "../group/kernel-error.ts";

/**
 * Groups without a parent of their own go below `/x/OWNER`, where OWNER names this process beyond
 * mistake: its PID namespace, its number, and when it started. So a later program can tell which
 * groups nobody owns any more.
 */
export function ownPath(): string {
  own ??= `${pidNamespace("self")}.${process.pid}.${startTime("self")}`;
  return `${OWNERS}/${own}`;
}

/** Where the owners are, in every hierarchy. */
export const OWNERS = "/x";

let own: string | undefined;

/**
 * Whether the process that an owner's name tells of is still there; undefined for a name that is no
 * owner's. What cannot be looked at counts as alive: its groups would be killed otherwise.
 */
export function ownerLives(name: string): boolean | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)$/.exec(name);
  if (match === null) return undefined;
  const [, namespace, pid, started] = match;
  if (namespace === pidNamespace("self")) {
    const now = startTime(pid!);
    return now === UNSEEN || now === started;
  }
  // Another PID namespace: who is in it can only be seen from the initial one.
  return pidNamespace("self") === INITIAL ? isInhabited(namespace!) : true;
}

/** `PROC_PID_INIT_INO`, include/linux/proc_ns.h */
const INITIAL = "4026531836";
/** It is there, but hidden from us: proc(5), `hidepid`; ptrace(2), access mode checking. */
const UNSEEN = "unseen";

function pidNamespace(pid: string): string | undefined {
  return look(pid, () => /\d+/.exec(readlinkSync(`/proc/${pid}/ns/pid`))?.[0]);
}

/** Clock ticks since boot, proc_pid_stat(5) field 22; the command in field 2 may hold anything. */
function startTime(pid: string): string | undefined {
  return look(pid, () => {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie owns nothing any more.
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  });
}

function isInhabited(namespace: string): boolean {
  // PID 1 of the initial namespace is in no other.
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && name !== "1");
  const namespaces = pids.map(pidNamespace);
  return namespaces.includes(namespace) || namespaces.includes(UNSEEN);
}

/** Undefined when the process has ended. */
function look(pid: string, read: () => string | undefined): string | undefined {
  try {
    return read();
  } catch (error) {
    const code = errnoOf(error);
    if (code === "EACCES" || code === "EPERM") return UNSEEN;
    if (code !== "ENOENT" && code !== "ESRCH") throw error;
    return pid !== "self" && isHidden(Number(pid)) ? UNSEEN : undefined;
  }
}

/** With `hidepid` a process that is not ours to see has no directory, but takes signals. */
function isHidden(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync(`/proc/${pid}`);
  } catch (error) {
    return errnoOf(error) === "EPERM" && !existsSync(`/proc/${pid}`);
  }
}
