import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { root } from "./run.mjs";

/**
 * One test; `ring` is the report it stands in, `message` says why it failed.
 * @typedef {{ ring: string, file: string, title: string, status: "passed" | "failed" | "skipped", message: string }} Test
 */

/** Where the programs of this folder leave what they found out, in the form of vitest's reporter. */
export const reportsFolder = process.env.X_RESULTS ?? join(root, ".x", "results");

/** Makes room for a report: the file to write it to. Removes what an earlier run left there. */
export function reportFile(ring) {
  const file = join(reportsFolder, `${ring}.json`);
  mkdirSync(reportsFolder, { recursive: true });
  rmSync(file, { force: true });
  return file;
}

/** Reports on programs that are not vitest: one test each, passed when the exit status is 0. */
export function writeReport(ring, outcomes) {
  const assertionResults = outcomes.map(({ title, status }) => ({
    ancestorTitles: [],
    title,
    status: status === 0 ? "passed" : "failed",
    failureMessages: status === 0 ? [] : [`exit status ${status}`],
  }));
  writeFileSync(
    reportFile(ring),
    JSON.stringify({ testResults: [{ name: root, assertionResults }] }),
  );
}

/** All tests of one report. @returns {Test[]} */
export function readReport(file) {
  const { testResults } = JSON.parse(readFileSync(file, "utf8"));
  return testResults.flatMap((found) => testsOf(found, basename(file, ".json")));
}

/** All tests of the reports in a folder; none when it does not exist. @returns {Test[]} */
export function readReports(folder) {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
    return names.flatMap((name) => readReport(join(folder, name)));
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

function testsOf({ name, message, status, assertionResults }, ring) {
  // Some stages of CI run in a clone elsewhere: the part of the path that all clones share.
  const [file = ""] = /(packages|examples|tools)\/.*$/.exec(relative(root, name)) ?? [];
  if (assertionResults.length === 0 && status === "failed") {
    return [{ ring, file, title: "(the file itself)", status, message }];
  }
  return assertionResults.map((result) => ({
    ring,
    file,
    title: [...result.ancestorTitles, result.title].join(" > "),
    status: result.status === "passed" || result.status === "failed" ? result.status : "skipped",
    message: stripVTControlCharacters(result.failureMessages?.[0] ?? ""),
  }));
}
