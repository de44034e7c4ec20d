import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { root } from "./run.mjs";

/**
 * @typedef {{ ring: string, file: string, title: string, status: "passed" | "failed" | "skipped", message: string }} Test
 */

/** All tests of the JSON reports vitest left in a folder. @returns {Test[]} */
export function readReports(folder) {
  const reports = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return reports.flatMap((name) => {
    const { testResults } = JSON.parse(readFileSync(join(folder, name), "utf8"));
    return testResults.flatMap((file) => testsOf(file, basename(name, ".json")));
  });
}

/** How many passed, failed and were skipped. */
export function count(tests) {
  const of = (status) => tests.filter((test) => test.status === status).length;
  return { passed: of("passed"), failed: of("failed"), skipped: of("skipped") };
}

/** The closing line that people and machines read. */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Names what was skipped and what failed, then the counts. */
export function printSummary(tests) {
  printAll("skipped", tests);
  printAll("failed", tests);
  console.log(`\n${closingLine(count(tests))}`);
}

function printAll(status, tests) {
  const chosen = tests.filter((test) => test.status === status);
  if (chosen.length > 0) {
    console.log(`\n${status}:`);
  }
  for (const { ring, file, title, message } of chosen) {
    console.log(
      `  ${ring}  ${file}  ${title}${message ? `\n      ${message.split("\n", 1)[0]}` : ""}`,
    );
  }
}

function testsOf({ name, message, status, assertionResults }, ring) {
  const file = relative(root, name);
  if (assertionResults.length === 0 && status === "failed") {
    return [{ ring, file, title: "(the file itself)", status, message }];
  }
  return assertionResults.map((result) => ({
    ring,
    file,
    title: [...result.ancestorTitles, result.title].join(" > "),
    status: result.status === "passed" || result.status === "failed" ? result.status : "skipped",
    message: result.failureMessages?.[0] ?? "",
  }));
}
