import { readdirSync, readFileSync } from "node:fs";

/**
 * What commands that were killed have left on the machine: mounts below a folder, processes with a
 * word in their command line, launchers that nobody waits for. Other tests may be at work meanwhile.
 */
export function leftBehind(folder: string, word: string): string[] {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  const pids = readdirSync("/proc").filter(
    (name) => /^\d+$/.test(name) && Number(name) !== process.pid,
  );
  return [
    ...mounts.filter((line) => line.includes(folder)),
    ...pids.filter((pid) => isLeft(pid, word)).map((pid) => `process ${pid}`),
  ];
}

function isLeft(pid: string, word: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [, name, state, parent] = /^\d+ \((.*)\) (\S) (\d+)/s.exec(stat) ?? [];
    if (state === "Z") return false; // the machine's PID 1 gets to it
    const arguments_ = readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0");
    return arguments_.includes(word) || (name === "x-launcher" && parent === "1");
  } catch {
    return false; // it has ended meanwhile
  }
}
