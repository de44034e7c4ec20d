import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { benchImages } from "./bench.ts";
import { missingTools } from "./contestants.ts";
import type { ImageFigures } from "./figures.ts";

const root = process.getuid?.() === 0;
const missing = root ? missingTools().join(", ") : "root";

describe.skipIf(missing)(`a run of the bench of images${missing && `: needs ${missing}`}`, () => {
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

  test("measures ours beside the others, and each part of it, and leaves nothing", async () => {
    const before = readdirSync(tmpdir());
    const json = join(folder, "reports", "bench.json");
    const missed = await benchImages({ images: ["busybox"], rounds: 1, warmUp: 0, json });
    const figures: ImageFigures = JSON.parse(readFileSync(json, "utf8"));
    const [image] = figures.images;
    expect(Object.keys(image!.milliseconds).toSorted()).toEqual([
      "podman pull",
      "pull() of @x/image",
      "skopeo copy, umoci unpack",
      "x pull",
    ]);
    expect(image!.memory["x pull"]).toBeGreaterThan(30e6);
    expect(Object.keys(image!.memory)).toHaveLength(2);
    expect(Object.values(image!.parts).every((time) => time > 0)).toBe(true);
    expect(printed).toContain("x pull takes ");
    expect(printed.match(/^Missed: .*\.$/gm) ?? []).toHaveLength(missed);
    expect(readdirSync(tmpdir()).filter((name) => !before.includes(name))).toEqual([]);
  });
});
