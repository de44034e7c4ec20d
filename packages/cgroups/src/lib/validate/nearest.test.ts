import * as fc from "fast-check";
import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const names = ["shares", "weight", "quota", "period", "realtimePeriod", "cpus"];

test.each([
  ["qouta", "quota"],
  ["quotas", "quota"],
  ["Quota", "quota"],
  ["realTimeperiod", "realtimePeriod"],
  ["cpu", "cpus"],
  ["wieght", "weight"],
])("%s is taken for %s", (word, name) => {
  expect(nearest(word, names)).toBe(name);
});

test.each(["banana", "", "x".repeat(1000)])("nothing is near %j", (word) => {
  expect(nearest(word, names)).toBeUndefined();
});

test("a name is nearest to itself, and to itself with a letter dropped", () => {
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(13), (name, at) => {
      expect(nearest(name, names)).toBe(name);
      expect(nearest(name.slice(0, at) + name.slice(at + 1), names)).toBe(name);
    }),
  );
});
