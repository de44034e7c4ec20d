/**
 * The rules of the house, each by a program that knows it. Run by `npm run check`;
 * `npm run check -- lint types` runs those two only.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeReport } from "./lib/reports.mjs";
import { root, run } from "./lib/run.mjs";

const folders = ["packages", "examples", "tools"].filter((name) => existsSync(join(root, name)));
const against = run("git", ["rev-parse", "--verify", "--quiet", "main"], { stdio: "ignore" }) === 0;

const checks = {
  lint: ["oxlint", "--deny-warnings"],
  format: ["oxfmt", "--check", "."],
  boundaries: ["depcruise", ...folders],
  unused: ["knip", "--no-config-hints"],
  types: ["tsc", "--project", "."],
  published: ["node", "tools/repo/published.mjs"],
  // In a clone without that branch only the form of the changesets can be checked.
  changesets: ["changeset", "status", ...(against ? [] : ["--since", "HEAD"])],
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in checks));
if (unknown.length > 0) {
  console.error(
    `no such check: ${unknown.join(", ")}; there are ${Object.keys(checks).join(", ")}`,
  );
  process.exit(1);
}

const results = (chosen.length > 0 ? chosen : Object.keys(checks)).map((name) => {
  console.log(`\n── ${name}: ${checks[name].join(" ")}`);
  const begun = performance.now();
  const [file, ...args] = checks[name];
  const status = run(file, args);
  return { name, status, seconds: (performance.now() - begun) / 1000 };
});

console.log();
for (const { name, status, seconds } of results) {
  console.log(`${status === 0 ? "ok    " : "FAILED"}  ${name.padEnd(12)} ${seconds.toFixed(1)} s`);
}
writeReport(
  "check",
  results.map(({ name, status }) => ({ title: name, status })),
);
process.exitCode = results.every(({ status }) => status === 0) ? 0 : 1;
