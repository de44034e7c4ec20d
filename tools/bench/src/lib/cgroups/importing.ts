import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { BenchError } from "../bench-error.ts";
import { summarize, type Summary } from "../statistics.ts";

const program = join(import.meta.dirname, "..", "..", "..", "bin", "import-time.mjs");

/** How long the first import of the package takes, in milliseconds, each in a process of its own. */
export function importing(processes: number): Summary {
  const times = Array.from({ length: processes }, () => {
    const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8" });
    const time = Number.parseFloat(stdout);
    if (Number.isNaN(time)) throw new BenchError(`@x/cgroups cannot be imported: ${stderr}`);
    return time;
  });
  return summarize(times);
}
