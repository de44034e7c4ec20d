import { readdirSync, readFileSync, readlinkSync } from "node:fs";

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

/** Whether the process that an owner's name tells of is still there. */
export function ownerLives(name: string): boolean | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)$/.exec(name);
  if (match === null) return undefined;
  const [, namespace, pid, started] = match;
  if (namespace === pidNamespace("self")) return startTime(pid!) === started;
  // Another PID namespace: who is in it can only be seen from the initial one.
  return pidNamespace("self") === INITIAL ? isInhabited(namespace!) : true;
}

/** `PROC_PID_INIT_INO`, include/linux/proc_ns.h */
const INITIAL = "4026531836";

function pidNamespace(pid: string): string | undefined {
  try {
    return /\d+/.exec(readlinkSync(`/proc/${pid}/ns/pid`))?.[0];
  } catch {
    return undefined; // ended, or not ours to look at
  }
}

/** Clock ticks since boot, proc_pid_stat(5) field 22; the command in field 2 may hold anything. */
function startTime(pid: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie owns nothing any more.
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function isInhabited(namespace: string): boolean {
  return readdirSync("/proc").some((pid) => /^\d+$/.test(pid) && pidNamespace(pid) === namespace);
}
