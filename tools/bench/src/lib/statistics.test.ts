import { expect, test } from "vitest";
import { median, summarize } from "./statistics.ts";

test("the median of an even number of times lies between the middle two", () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test("one slow launch of a hundred is above p99, and does not move the median", () => {
  const times = Array.from({ length: 100 }, (_, i) => (i === 50 ? 1000 : 2));
  const { min, median, p99 } = summarize(times);
  expect({ min, median }).toEqual({ min: 2, median: 2 });
  expect(p99).toBeGreaterThan(2);
  expect(p99).toBeLessThan(1000);
});

test("no times have no median", () => {
  expect(() => median([])).toThrow(RangeError);
});
