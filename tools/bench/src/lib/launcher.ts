import { readFileSync } from "node:fs";
import { compile, explainLines } from "@x/plan";
import { planOf, start } from "@x/runtime";
import { thisArch } from "@x/syscall";
import { BenchError } from "./bench-error.ts";
import { sandboxOf } from "./ours.ts";

/** What the launcher that waits for a container is like. */
export interface Launcher {
  /** Resident memory while the container sleeps. */
  readonly residentBytes: number;
  /** Size of the executable. */
  readonly bytes: number;
  readonly systemCalls: number;
}

/** Looks at a launcher whose container sleeps. */
export async function lookAtLauncher(root: string): Promise<Launcher> {
  const sandbox = sandboxOf(root, "/bin/sleep", "60");
  const plan = planOf(sandbox);
  await using container = await start(sandbox, { stdio: "ignore" });
  return {
    residentBytes: residentBytes(container.launcherPid),
    bytes: compile(plan, { arch: thisArch(), channel: 3 }).length,
    systemCalls: explainLines(plan).length,
  };
}

/**
 * The larger of two readings: `VmRSS` may lack what each CPU has counted for itself
 * (proc_pid_status(5)), which can be all that a process this small has.
 */
function residentBytes(pid: number): number {
  const quick = kilobytes(`/proc/${pid}/status`, "VmRSS");
  const exact = kilobytes(`/proc/${pid}/smaps_rollup`, "Rss");
  return 1024 * Math.max(quick, exact);
}

function kilobytes(file: string, field: string): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(readFileSync(file, "latin1"));
  if (match === null) throw new BenchError(`${file} has no ${field}`);
  return Number(match[1]);
}
