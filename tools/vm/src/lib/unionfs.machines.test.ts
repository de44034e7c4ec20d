import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { runX64 } from "./x64.ts";

const repo = fileURLToPath(new URL("../../../../", import.meta.url));

/** A result of vitest's own JSON reporter, as far as it matters here. */
interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: "passed" | "failed" | "skipped" | "pending";
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** On a disk as machines have it: memory has no `user.` attributes before Linux 6.6. */
const script = `
  truncate -s 1G /tmp/disk && mkfs.ext4 -q -F /tmp/disk
  mkdir /tmp/on-disk && mount -o loop /tmp/disk /tmp/on-disk && chmod 1777 /tmp/on-disk
  export TMPDIR=/tmp/on-disk
  exec node node_modules/vitest/vitest.mjs run --project kernel --reporter json "$@"`;

let report: Report;

beforeAll(async () => {
  const suite = ["packages/unionfs/src/compliance", "packages/unionfs/src/lib/overlay"];
  const others = ["packages/unionfs/src/lib/id-map", "packages/unionfs/src/lib/choose"];
  const result = await runX64({
    command: "sh",
    args: ["-euc", script, "sh", ...suite, ...others],
    cwd: repo,
    modules: ["loop", "ext4"],
    timeoutMs: 900_000,
  });
  report = JSON.parse(result.stdout.slice(result.stdout.indexOf('{"num'))) as Report;
}, 920_000);

describe("on Debian's 6.1, which takes layers in the one page of mount(2)", () => {
  test("the compliance suite of @x/unionfs passes unchanged", () => {
    const all = report.testResults.flatMap((file) => file.assertionResults);
    const failed = all.filter(({ status }) => status === "failed");
    expect(failed.map(({ fullName, failureMessages }) => [fullName, ...failureMessages])).toEqual(
      [],
    );
    expect(report.testResults.filter(({ message }) => message !== "")).toEqual([]);
    const passed = all.filter(({ status }) => status === "passed").map((one) => one.fullName);
    expect(passed).toContain("overlay 500 layers are one tree");
    expect(passed).toContain("overlay paths may be made of anything");
  });
});
