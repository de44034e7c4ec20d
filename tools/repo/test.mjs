/**
 * Builds, then runs the test rings and sums them up. Run by `npm test`.
 *
 *     npm test                              pure and kernel
 *     npm test -- kernel packages/plan      one ring, the rest goes to vitest
 *     npm test -- machines                  the kernels of other machines, in QEMU
 */
import { existsSync } from "node:fs";
import { mustRun, run } from "./lib/run.mjs";
import { readReport, reportFile } from "./lib/reports.mjs";
import { printSummary } from "./lib/summary.mjs";

const rings = ["pure", "kernel", "machines"];

const chosen = process.argv.slice(2).filter((argument) => rings.includes(argument));
const rest = process.argv.slice(2).filter((argument) => !rings.includes(argument));

mustRun("turbo", ["run", "build", "--output-logs=errors-only"]);
const outcomes = (chosen.length > 0 ? chosen : ["pure", "kernel"]).map((ring) => {
  const file = reportFile(ring);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const status = run("vitest", ["run", "--project", ring, ...reporters, ...rest]);
  return { status, tests: existsSync(file) ? readReport(file) : [] };
});
printSummary(outcomes.flatMap(({ tests }) => tests));
process.exitCode = outcomes.every(({ status }) => status === 0) ? 0 : 1;
