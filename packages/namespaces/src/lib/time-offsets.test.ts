import { explainLines } from "@x/plan";
import { expect, test } from "vitest";
import { timeOffsetSteps, validateTimeOffsets, type TimeOffsets } from "./time-offsets.ts";

test("offsets are written before the process joins the namespace that has them", () => {
  const plan = timeOffsetSteps({
    boottime: { secs: 86_400 },
    monotonic: { secs: -2, nanosecs: 5 },
  });
  const calls = explainLines(plan).map(({ text }) => text);
  expect(calls).toContain('write(timens_offsets file, "monotonic -2 5\\nboottime 86400 0\\n", 32)');
  expect(calls.findIndex((text) => text.startsWith("write("))).toBeLessThan(
    calls.findIndex((text) => text.startsWith("setns(")),
  );
});

test.each<[string, TimeOffsets, string]>([
  ["no clock at all", {}, "timeOffsets"],
  ["an unknown clock", { realtime: { secs: 1 } } as TimeOffsets, "timeOffsets.realtime"],
  ["half a second", { boottime: { secs: 0.5 } }, "timeOffsets.boottime.secs"],
  ["a second in nanoseconds", { boottime: { nanosecs: 1e9 } }, "timeOffsets.boottime.nanosecs"],
  ["negative nanoseconds", { monotonic: { nanosecs: -1 } }, "timeOffsets.monotonic.nanosecs"],
])("%s is refused with its field", (_, offsets, field) => {
  expect(() => validateTimeOffsets(offsets)).toThrow(
    expect.objectContaining({ code: "X_NAMESPACE_INVALID", field }),
  );
});
