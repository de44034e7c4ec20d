import { expect, test } from "vitest";
import { pids } from "./pids.ts";
import { filesOf, lines } from "./testing/context.ts";

test("pids of v1 limits processes and threads", () => {
  expect(lines(pids, { pids: { limit: 10 } })).toEqual(["pids.max=10"]);
  expect(lines(pids, { pids: { limit: "max" } })).toEqual(["pids.max=max"]);
  expect(lines(pids, {})).toEqual([]);
  expect(pids.limits!(filesOf({ "pids.max": "max" }))).toEqual({ pids: { limit: "max" } });
});

test("pids of v1 counts them, and the forks that failed", () => {
  const files = {
    "pids.current": "3",
    "pids.max": "10",
    "pids.peak": "5",
    "pids.events": "max 2",
  };
  const read = pids.stat!.pids!;
  expect(read(filesOf(files))).toEqual({ current: 3, limit: 10, peak: 5, events: { max: 2 } });
  expect(read(filesOf({ "pids.current": "3", "pids.max": "max" }))).toEqual({
    current: 3,
    limit: "max",
    events: {},
  });
  expect(read(filesOf({}))).toBeUndefined();
});
