import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { runX64 } from "./x64.ts";

const repo = fileURLToPath(new URL("../../../../", import.meta.url));

/** A result of vitest's own JSON reporter, as far as it matters here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: "passed" | "failed" | "skipped" | "pending";
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

let report: Report;
let said: string;

beforeAll(async () => {
  const result = await runX64({
    command: "node",
    args: [
      "node_modules/vitest/vitest.mjs",
      ...["run", "--project", "kernel", "--reporter", "json"],
      ...["packages/cgroups/src/compliance", "packages/cgroups/src/lib/v2"],
    ],
    cwd: repo,
    modules: ["loop"],
    timeoutMs: 600_000,
  });
  said = result.stdout + result.stderr;
  report = JSON.parse(result.stdout.slice(result.stdout.indexOf('{"num'))) as Report;
}, 620_000);

describe("on a host with cgroup v2 alone", () => {
  test("the compliance suite of @x/cgroups passes unchanged", () => {
    const all = report.testResults.flatMap((file) => file.assertionResults);
    const failed = all.filter(({ status }) => status === "failed");
    expect(failed.map(({ title, failureMessages }) => [title, ...failureMessages])).toEqual([]);
    expect(report.testResults.filter(({ message }) => message !== "")).toEqual([]);
    expect(all.filter(({ status }) => status === "passed").length).toBeGreaterThan(40);
    expect(said).not.toContain("LEFT BEHIND");
  });

  test("what a limit does is seen on a real process for each of the controllers", () => {
    const passed = report.testResults
      .filter(({ name }) => name.includes("/compliance/"))
      .flatMap((file) => file.assertionResults)
      .flatMap(({ title, status }) => (status === "passed" ? [title] : []));
    for (const title of effects) expect(passed).toContain(title);
  });
});

const effects = [
  "a memory limit reads back, and holds",
  "a quota reads back, and usage keeps to it within 10 %",
  "a fork fails at the limit, and is counted",
  "a fork bomb is killed and its group deleted within 2 s, 50 times in a row",
  "a group runs on the CPUs it was given",
  "a throttled direct write takes the time that the limit implies",
  "a node that is denied cannot be opened (EPERM), one that is allowed can",
  "a counter stops when its group is frozen, and goes on when it is thawed",
  "nft counts the packets of a group's class, and none of another's",
  "the traffic of a group is shaped by tc by its cgroup filter",
  "a process that is killed for want of memory is announced",
];
