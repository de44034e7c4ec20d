import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDigits, parseFlatKeyed, parseFlatLimits } from "./flat-keyed.ts";

const key = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,20}$/);
const numbers = fc.dictionary(key, fc.maxSafeNat(), { noNullPrototype: true });

const text = (record: Record<string, number | string>): string =>
  Object.entries(record)
    .map(([name, value]) => `${name} ${value}`)
    .join("\n");

describe("a flat keyed file", () => {
  test("gives every number by its key, with or without a last line end", () => {
    fc.assert(
      fc.property(numbers, (record) => {
        expect(parseFlatKeyed(text(record))).toEqual(record);
        expect(parseFlatKeyed(`${text(record)}\n`)).toEqual(record);
      }),
    );
  });

  test("may be anything without an exception", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."a1 \n-x") }), (any) => {
        for (const value of Object.values(parseFlatKeyed(any))) expect(value).toBeTypeOf("number");
      }),
    );
  });

  test("keeps to the lines that have a number", () => {
    expect(parseFlatKeyed("low 0\nword\nhigh max\nTotal\n\nmax 3 trailing\n5")).toEqual({
      low: 0,
      max: 3,
    });
    expect(parseFlatKeyed("")).toEqual({});
  });

  test("rounds numbers above 2^53 once", () => {
    expect(parseFlatKeyed("limit 9223372036854771712")).toEqual({ limit: 9223372036854771712 });
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (big) => {
        expect(parseDigits(`${big}`, 0, `${big}`.length)).toBe(Number(big));
      }),
    );
  });

  test("of limits may say max", () => {
    expect(parseFlatLimits("res_a max\nres_b 4\nres_c\nres_d none")).toEqual({
      res_a: "max",
      res_b: 4,
    });
  });
});
