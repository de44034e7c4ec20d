import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { tmpdir } from "node:os";

/** All that a launch could leave behind, as lines that can be compared. */
export interface Leftovers {
  readonly descriptors: readonly string[];
  readonly mounts: readonly string[];
  readonly processes: readonly string[];
  readonly files: readonly string[];
}

/** What there is now: descriptors, mounts, launchers and children of this process, temporary files. */
export function leftovers(): Leftovers {
  return {
    descriptors: readdirSync("/proc/self/fd").flatMap((fd) => target(`/proc/self/fd/${fd}`)),
    mounts: readFileSync("/proc/self/mountinfo", "utf8").trim().split("\n"),
    processes: readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap(processLine),
    files: [tmpdir(), "/dev/shm", "/run"].flatMap((folder) =>
      readdirSync(folder).filter((name) => name.startsWith("x-") || name.startsWith("memfd")),
    ),
  };
}

function target(path: string): string[] {
  try {
    // Sockets and pipes have a number of their own each time.
    return [readlinkSync(path).replace(/\d+/g, "N")];
  } catch {
    return []; // the descriptor that listed the folder
  }
}

/**
 * Children of this process, zombies as well, and launchers wherever they are. A container that has
 * outlived its launcher for a moment is the machine's PID 1 to reap, whenever it gets to that.
 */
function processLine(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [, name, state, parent] = /^\d+ \((.*)\) (\S) (\d+)/s.exec(stat) ?? [];
    const ours = Number(parent) === process.pid || (name === "x-launcher" && state !== "Z");
    return ours ? [`${name} ${state}`] : [];
  } catch {
    return []; // it has ended meanwhile
  }
}
