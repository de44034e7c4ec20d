import { expect, test } from "vitest";
import type { Times } from "./contestant.ts";
import { medians, ratios, type GroupFigures } from "./figures.ts";
import { groupTable } from "./table.ts";
import { missedGroupTargets } from "./targets.ts";

const all = (time: number): Times => ({ create: time, move: time, stat: time, delete: time });

function figures(ours: Times, share: number, importMs: number): GroupFigures {
  const microseconds = { "@x/cgroups": ours, "plain file operations": all(100) };
  return {
    machine: { kernel: "6.1", node: "v20", cpus: 2, load: 0 },
    groups: 1000,
    rounds: 1,
    each: { directories: 10, writes: 6, filesRead: 35 },
    microseconds,
    ratios: ratios(microseconds, "@x/cgroups"),
    missing: ["somebody: not here"],
    watching: { groups: 1000, rounds: 100, seconds: 10, share, microseconds: share * 100 },
    importing: { min: importMs, median: importMs, p99: importMs },
  };
}

test("a median is that of one operation over all rounds", () => {
  const rounds = [all(1), { ...all(2), stat: 9 }, all(3)];
  expect(medians(rounds)).toEqual({ create: 2, move: 2, stat: 3, delete: 2 });
});

test("figures within the limits miss no target", () => {
  expect(missedGroupTargets(figures(all(150), 0.49, 9))).toEqual([]);
});

test("each target that is missed has a sentence with the figure and the limit", () => {
  expect(missedGroupTargets(figures({ ...all(100), create: 200 }, 0.6, 12))).toEqual([
    "Missed: create, in parts of the plain file operations, is 2.00 and should be 1.5 at most.",
    "Missed: looking at all groups ten times a second takes 0.60 of a CPU (10.0 times) and should take less than 0.5.",
    "Missed: the import takes 12.0 ms and should take less than 10.",
  ]);
});

test("rounds that could not be done in time are a target missed, however little they took", () => {
  const { watching, ...rest } = figures(all(100), 0.1, 1);
  const late = { ...rest, watching: { ...watching, rounds: 50 } };
  expect(missedGroupTargets(late)).toHaveLength(1);
});

test("the table names who was not measured", () => {
  const text = groupTable(figures(all(100), 0.1, 1));
  expect(text).toContain("Not measured: somebody: not here");
  expect(text).toContain("Not measured: crun's library");
});
