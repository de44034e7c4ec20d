import { expect, test } from "vitest";
import { createdAt, sourceDateEpochOf } from "./created.ts";

test("a second since 1970 is written as RFC 3339 has it", () => {
  expect(createdAt(1_700_000_000)).toBe("2023-11-14T22:13:20Z");
  expect(createdAt(undefined)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test("SOURCE_DATE_EPOCH is a count of seconds or nothing", () => {
  expect(sourceDateEpochOf({ SOURCE_DATE_EPOCH: "0" })).toBe(0);
  expect(sourceDateEpochOf({ SOURCE_DATE_EPOCH: "" })).toBeUndefined();
  expect(sourceDateEpochOf({})).toBeUndefined();
  for (const SOURCE_DATE_EPOCH of ["yesterday", "-1", "1.5", "9".repeat(20)]) {
    expect(() => sourceDateEpochOf({ SOURCE_DATE_EPOCH })).toThrow("SOURCE_DATE_EPOCH");
  }
});
