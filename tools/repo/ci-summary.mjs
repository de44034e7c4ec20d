/**
 * Adds up what the stages of `.ci/run` left: `node tools/repo/ci-summary.mjs FOLDER`.
 * A stage with reports counts their tests; one without counts as a single test. A stage that ended
 * with a failure no report explains is a failed test of its own.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readReports } from "./lib/reports.mjs";
import { printSummary } from "./lib/summary.mjs";

const [folder] = process.argv.slice(2);
const tests = readdirSync(folder).toSorted().flatMap(testsOf);
printSummary(tests);
process.exitCode = tests.every(({ status }) => status !== "failed") && tests.length > 0 ? 0 : 1;

function testsOf(name) {
  const stage = name.replace(/^\d+-/, "");
  const exit = exitStatus(join(folder, name, "status"));
  const reported = readReports(join(folder, name, "reports"));
  const tests = reported.map((test) => ({ ...test, ring: `${stage}/${test.ring}` }));
  const explained =
    exit === "0" ? tests.length > 0 : tests.some(({ status }) => status === "failed");
  if (explained) {
    return tests;
  }
  const status = exit === "0" ? "passed" : "failed";
  const message = exit === "0" ? "" : `the stage ended with exit status ${exit}`;
  return [...tests, { ring: stage, file: "", title: "(the stage itself)", status, message }];
}

function exitStatus(file) {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if (error.code === "ENOENT") return "(none: it did not end)";
    throw error;
  }
}
