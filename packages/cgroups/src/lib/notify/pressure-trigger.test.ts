import { describe, expect, test } from "vitest";
import { checkTrigger, remedyFor, type PressureTrigger } from "./pressure-trigger.ts";

const right: PressureTrigger = { resource: "memory", kind: "some", stall: "150ms", window: "1s" };

describe("a pressure trigger", () => {
  test("is counted in microseconds", () => {
    expect(checkTrigger(right)).toEqual({ ...right, stall: 150_000, window: 1_000_000 });
    expect(checkTrigger({ ...right, stall: 1, window: 10_000_000 }).window).toBe(10_000_000);
  });

  test.each<[string, object]>([
    ["resource", { resource: "net" }],
    ["kind", { kind: "all" }],
    ["window", { window: "499ms" }],
    ["window", { window: "10001ms" }],
    ["window", { window: "max" }],
    ["window", { window: "long" }],
    ["stall", { stall: 0 }],
    ["stall", { stall: "1001ms" }],
    ["stall", { stall: -1 }],
  ])("is refused for its %s when that is wrong", (field, wrong) => {
    expect(() => checkTrigger({ ...right, ...wrong } as PressureTrigger)).toThrow(
      expect.objectContaining({ code: "X_CGROUP_INVALID", field }),
    );
  });

  test("that the kernel refuses for want of privileges is explained", () => {
    expect(remedyFor("EINVAL", checkTrigger(right))).toMatch(/multiple of 2s/);
    expect(remedyFor("EINVAL", checkTrigger({ ...right, window: "4s" }))).toBeUndefined();
    expect(remedyFor("EOPNOTSUPP", checkTrigger(right))).toMatch(/psi=1/);
  });
});
