/**
 * Builds, then runs the test rings and sums them up. Run by `npm test`.
 *
 *     npm test                              pure and kernel
 *     npm test -- kernel packages/plan      one ring, the rest goes to vitest
 *     npm test -- machines                  the kernels of other machines, in QEMU
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { mustRun, root, run } from "./lib/run.mjs";
import { printSummary, readReports } from "./lib/summary.mjs";

const rings = ["pure", "kernel", "machines"];
const results = process.env.X_RESULTS ?? join(root, ".x", "results");

const chosen = process.argv.slice(2).filter((argument) => rings.includes(argument));
const rest = process.argv.slice(2).filter((argument) => !rings.includes(argument));

mustRun("turbo", ["run", "build", "--output-logs=errors-only"]);
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
let failed = false;
for (const ring of chosen.length > 0 ? chosen : ["pure", "kernel"]) {
  const report = join(results, `${ring}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  failed = run("vitest", ["run", "--project", ring, ...reporters, ...rest]) !== 0 || failed;
}
printSummary(readReports(results));
process.exitCode = failed ? 1 : 0;
