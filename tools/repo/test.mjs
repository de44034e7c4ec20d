/**
 * Builds, then runs the test rings and sums them up. Run by `npm test`.
 *
 *     npm test                              pure and kernel
 *     npm test -- kernel packages/plan      one ring, the rest goes to vitest
 *     npm test -- machines                  the kernels of other machines, in QEMU
 */
import { existsSync } from "node:fs";
import { mustRun, run } from "./lib/run.mjs";
import { readReport, reportFile, reportsFolder } from "./lib/reports.mjs";
import { printSummary } from "./lib/summary.mjs";

const rings = ["pure", "kernel", "machines"];

const chosen = process.argv.slice(2).filter((argument) => rings.includes(argument));
const rest = process.argv.slice(2).filter((argument) => !rings.includes(argument));

mustRun("turbo", ["run", "build", "--output-logs=errors-only"]);
const outcomes = (chosen.length > 0 ? chosen : ["pure", "kernel"]).map((ring) => {
  // Vitest's own report, and what the leak check (leaks/setup.ts) has to say.
  const files = [reportFile(ring), reportFile(`${ring}-leaks`)];
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${files[0]}`];
  const env = { ...process.env, X_RESULTS: reportsFolder };
  const status = run("vitest", ["run", "--project", ring, ...reporters, ...rest], { env });
  return { status, tests: files.filter((file) => existsSync(file)).flatMap(readReport) };
});
printSummary(outcomes.flatMap(({ tests }) => tests));
process.exitCode = outcomes.every(({ status }) => status === 0) ? 0 : 1;
