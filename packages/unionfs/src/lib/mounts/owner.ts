import { readFileSync, readlinkSync } from "node:fs";

const PREFIX = "x-union";

/**
 * Who mounted a union: it is the source in the list of mounts, so that it is written in the very
 * moment of the mount. A process is known by its number and the time of its start, in its PID
 * namespace.
 */
export function ownerOfThis(): string {
  return [PREFIX, pidNamespace(), process.pid, startOf(process.pid)].join(":");
}

/** Whether a source names a process that has certainly ended; false for all that is not of x. */
export function isOrphaned(source: string): boolean {
  const [prefix, namespace, pid, start] = source.split(":");
  if (prefix !== PREFIX || namespace !== pidNamespace()) return false;
  return startOf(Number(pid)) !== start;
}

function pidNamespace(): string {
  return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "";
}

/** The time of a process's start in ticks since the machine's; undefined when it has ended. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
