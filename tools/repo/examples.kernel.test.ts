import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const folder = join(import.meta.dirname, "..", "..", "examples");
const examples = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .toSorted();

test("every example is a package with a program", () => {
  const files = examples.flatMap((name) => [join(name, "main.ts"), join(name, "package.json")]);
  expect(files.filter((file) => !existsSync(join(folder, file)))).toEqual([]);
});

const isRoot = process.getuid?.() === 0;

describe.each(examples)("the example %s", (name) => {
  const path = join(folder, name);
  const { dependencies } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  const mayBeRefused = !isRoot && "@x/cgroups" in dependencies;

  test(mayBeRefused ? "runs, or says what this user lacks" : "runs from beginning to end", () => {
    const result = spawnSync(process.execPath, ["--import", "tsx", "main.ts"], {
      cwd: path,
      encoding: "utf8",
      timeout: 60_000,
    });
    if (mayBeRefused && result.status === 1) {
      expect(result.stderr).toMatch(/Run as root|X_CGROUP_(PERMISSION|NO_CONTROLLER)/);
      return;
    }
    expect(result, result.stderr).toMatchObject({ status: 0, signal: null });
    expect(result.stdout).not.toBe("");
  });

  test("has at most 40 lines", () => {
    const lines = readFileSync(join(path, "main.ts"), "utf8").trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(40);
  });
});
