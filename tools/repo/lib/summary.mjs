/** @typedef {import("./reports.mjs").Test} Test */

/** Names what was skipped and what failed, then gives the counts in one closing line. */
export function printSummary(tests) {
  printAll("skipped", tests);
  printAll("failed", tests);
  console.log(`\n${closingLine(tests)}`);
}

/** The line that people and machines read: `N passed, N failed, N skipped`. */
function closingLine(tests) {
  const count = (status) => tests.filter((test) => test.status === status).length;
  return `${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`;
}

function printAll(status, tests) {
  const chosen = tests.filter((test) => test.status === status);
  if (chosen.length > 0) {
    console.log(`\n${status}:`);
  }
  for (const [line, rings] of groupByText(chosen)) {
    console.log(`  ${[...rings].join(", ")}: ${line}`);
  }
}

/** The same test under several rings or stages is one line. */
function groupByText(tests) {
  const lines = new Map();
  for (const { ring, file, title, message } of tests) {
    const why = message ? `\n      ${message.split("\n", 1)[0]}` : "";
    const line = `${[file, title].filter(Boolean).join("  ")}${why}`;
    lines.set(line, (lines.get(line) ?? new Set()).add(ring));
  }
  return lines;
}
