import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blkioWeightOfIo, ioWeightOfBlkio, sharesOfWeight, weightOfShares } from "./conversion.ts";

describe("shares and weights", () => {
  test.each([
    [2, 1],
    [1024, 100],
    [262144, 10000],
  ])("have their least, usual and greatest values in common: %i is %i", (shares, weight) => {
    expect(weightOfShares(shares)).toBe(weight);
    expect(sharesOfWeight(weight)).toBe(shares);
  });

  test("that went to v1 and back are the same weight, and no greater shares would do", () => {
    for (let weight = 1; weight <= 10_000; weight++) {
      const shares = sharesOfWeight(weight);
      expect(weightOfShares(shares)).toBe(weight);
      expect(weightOfShares(shares + 1)).toBeGreaterThan(weight);
    }
  });

  test("keep their order", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 262_143 }), (shares) => {
        expect(weightOfShares(shares + 1)).toBeGreaterThanOrEqual(weightOfShares(shares));
      }),
    );
  });
});

describe("weights of block devices", () => {
  test("have their least and greatest values in common", () => {
    expect([ioWeightOfBlkio(10), ioWeightOfBlkio(1000)]).toEqual([1, 10_000]);
    expect([blkioWeightOfIo(1), blkioWeightOfIo(10_000)]).toEqual([10, 1000]);
  });

  test("that went to v2 and back are the same", () => {
    for (let weight = 10; weight <= 1000; weight++) {
      expect(blkioWeightOfIo(ioWeightOfBlkio(weight))).toBe(weight);
    }
  });
});
