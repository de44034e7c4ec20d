import { expect, test } from "vitest";
import { ratiosOf, type Figures } from "./figures.ts";
import { missedTargets } from "./targets.ts";

const summary = (median: number): { min: number; median: number; p99: number } => {
  return { min: median / 2, median, p99: median * 4 };
};

function figures(ours: number, residentBytes: number): Figures {
  const milliseconds = {
    x: summary(ours),
    "bwrap --unshare-all": summary(4),
    "runc run": summary(20),
  };
  return {
    machine: { kernel: "6.1", node: "v20", cpus: 2, load: 0 },
    rounds: 1,
    warmUp: 0,
    milliseconds,
    ratios: ratiosOf(milliseconds, "x"),
    launcher: { residentBytes, bytes: 5000, systemCalls: 100 },
    profile: { phases: [], slowest: [] },
  };
}

test("a ratio is our time in parts of theirs", () => {
  expect(figures(2, 0).ratios).toEqual({
    "bwrap --unshare-all": { median: 0.5, p99: 0.5 },
    "runc run": { median: 0.1, p99: 0.1 },
  });
});

test("figures within the limits miss no target", () => {
  expect(missedTargets(figures(2.4, 65_536))).toEqual([]);
});

test("each target that is missed has a sentence with the figure and the limit", () => {
  expect(missedTargets(figures(5, 131_072))).toEqual([
    "Missed: the median launch, in parts of bwrap's, is 1.25 and should be 0.6 at most.",
    "Missed: the median launch, in parts of runc's, is 0.25 and should be 0.15 at most.",
    "Missed: resident memory of the launcher, in KB, is 128.00 and should be 64 at most.",
  ]);
});

test("a peer that was not measured is a target missed", () => {
  const { ratios, ...rest } = figures(2, 0);
  const { "runc run": runc, ...others } = ratios;
  expect(runc?.median).toBe(0.1);
  expect(missedTargets({ ...rest, ratios: others })).toHaveLength(1);
});
