import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { bench } from "./bench.ts";
import type { Figures } from "./figures.ts";

const folders = (process.env["PATH"] ?? "").split(delimiter);
const present = new Set(
  folders.flatMap((folder) => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  }),
);
const missing = ["busybox", "bwrap", "runc", "unshare"].filter((name) => !present.has(name));
const root = process.getuid?.() === 0;
const reason = root ? `: ${missing.join(", ")} missing` : ": needs root";
const able = root && missing.length === 0;

describe.skipIf(!able)(`a run of the bench${able ? "" : reason}`, () => {
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

  test("measures every contestant, and the launcher", async () => {
    const json = join(folder, "reports", "bench.json");
    const missed = await bench({ rounds: 3, warmUp: 1, json });
    const figures: Figures = JSON.parse(readFileSync(json, "utf8"));
    const peers = ["bwrap --unshare-all", "unshare -mpuinf", "runc run", "/bin/true, no container"];
    const others = ["x, another each time", ...peers];
    expect(Object.keys(figures.milliseconds)).toEqual(["x", ...others]);
    expect(Object.keys(figures.ratios)).toEqual(others);
    for (const { min, median, p99 } of Object.values(figures.milliseconds)) {
      expect(min).toBeGreaterThan(0);
      expect(median).toBeGreaterThanOrEqual(min);
      expect(p99).toBeGreaterThanOrEqual(median);
    }
    expect(figures.launcher.residentBytes).toBeGreaterThan(0);
    expect(figures.launcher.residentBytes).toBeLessThanOrEqual(64 * 1024);
    expect(figures.profile.slowest).toHaveLength(10);
    expect(printed).toContain("launch to reap, ms");
    expect(printed.match(/^Missed: .*\.$/gm) ?? []).toHaveLength(missed);
  });

  test("leaves no temporary folder behind", async () => {
    const before = readdirSync(tmpdir());
    await bench({ rounds: 1, warmUp: 0, json: join(folder, "bench.json") });
    expect(readdirSync(tmpdir())).toEqual(before);
  });
});
