import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { firstToWrite, type Bandwidth } from "./bandwidth.ts";

const bandwidth = fc.record({
  runtime: fc.oneof(fc.integer({ min: 1000, max: 4_000_000 }), fc.constant("max" as const)),
  period: fc.integer({ min: 1000, max: 1_000_000 }),
});
const share = ({ runtime, period }: Bandwidth): number =>
  runtime === "max" ? Number.POSITIVE_INFINITY : runtime / period;

describe("two numbers that are written one after the other", () => {
  test("pass only shares between the old one and the new", () => {
    fc.assert(
      fc.property(bandwidth, bandwidth, (before, after) => {
        const first = firstToWrite(before, after);
        if (first === "neither") return;
        const between =
          first === "period"
            ? { runtime: before.runtime, period: after.period }
            : { runtime: after.runtime, period: before.period };
        const ends = [share(before), share(after)];
        expect(share(between)).toBeGreaterThanOrEqual(Math.min(...ends));
        expect(share(between)).toBeLessThanOrEqual(Math.max(...ends));
      }),
    );
  });

  test("have no order when both shrink and the share stays", () => {
    const half = { runtime: 50_000, period: 100_000 };
    expect(firstToWrite(half, { runtime: 25_000, period: 50_000 })).toBe("neither");
    expect(firstToWrite(half, { runtime: 50_000, period: 200_000 })).toBe("period");
    expect(firstToWrite(half, { runtime: 20_000, period: 40_000 })).toBe("neither");
    expect(firstToWrite({ runtime: "max", period: 100_000 }, half)).toBe("period");
    expect(firstToWrite(half, { runtime: "max", period: 50_000 })).toBe("period");
  });
});
