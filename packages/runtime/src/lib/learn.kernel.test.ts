import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { learn } from "./learn.ts";
import { coveredPaths } from "./plan/mask.ts";

const whole = existsSync("/proc/version") && existsSync("/sys/kernel");
const reason = whole ? "" : " (skipped: /proc or /sys does not show what the kernel has)";

describe.skipIf(!whole)(`what a kernel has${reason}`, () => {
  test("is learned by looking: nothing that is there counts as missing", () => {
    const { missing } = learn({ root: "host", args: ["true"] });
    expect(missing).toEqual(coveredPaths.filter((path) => !existsSync(path)));
  });
});
