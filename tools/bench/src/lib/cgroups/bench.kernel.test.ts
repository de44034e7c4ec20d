import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listCgroups } from "@x/cgroups";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { benchGroups } from "./bench.ts";
import type { GroupFigures } from "./figures.ts";

const root = process.getuid?.() === 0;

describe.skipIf(!root)(`a run of the bench of control groups${root ? "" : ": needs root"}`, () => {
  let folder: string;
  let printed: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "x-bench-test-"));
    printed = "";
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  });

  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  test("measures ours beside plain file operations, and leaves no group", async () => {
    const before = listCgroups("/x");
    const json = join(folder, "reports", "bench.json");
    const missed = await benchGroups({ groups: 3, rounds: 2, warmUp: 0, seconds: 1, json });
    const figures: GroupFigures = JSON.parse(readFileSync(json, "utf8"));
    expect(figures.microseconds).toHaveProperty("@x/cgroups");
    expect(figures.ratios).toHaveProperty("plain file operations");
    for (const times of Object.values(figures.microseconds)) {
      expect(Object.keys(times)).toEqual(["create", "move", "stat", "delete"]);
      expect(Object.values(times).every((time) => time > 0)).toBe(true);
    }
    expect(figures.each.writes).toBeGreaterThanOrEqual(3);
    expect(figures.each.filesRead).toBeGreaterThanOrEqual(5);
    expect(figures.watching.rounds).toBeGreaterThan(0);
    expect(printed).toContain("µs for one group, medians");
    expect(printed.match(/^Missed: .*\.$/gm) ?? []).toHaveLength(missed);
    expect(listCgroups("/x").filter((path) => !before.includes(path))).toEqual([]);
    // The first time, Go compiles the libraries.
  }, 180_000);
});
