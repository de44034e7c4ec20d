import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseNestedKeyed, parseNestedLimits } from "./nested-keyed.ts";

const outer = fc.stringMatching(/^\d{1,3}:\d{1,3}$/);
const inner = fc.stringMatching(/^[a-z][a-z_0-9]{0,9}$/);
const records = fc.dictionary(
  outer,
  fc.dictionary(inner, fc.maxSafeNat(), { noNullPrototype: true }),
  { noNullPrototype: true },
);

describe("a nested keyed file", () => {
  test("gives the numbers of every key", () => {
    fc.assert(
      fc.property(records, (record) => {
        const text = Object.entries(record).map(([name, values]) =>
          [name, ...Object.entries(values).map(([sub, value]) => `${sub}=${value}`)].join(" "),
        );
        expect(parseNestedKeyed(text.join("\n"))).toEqual(record);
        expect(parseNestedLimits(text.join("\n"))).toEqual(record);
      }),
    );
  });

  test("may be anything without an exception", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."a1 =\n.:") }), (any) => {
        for (const values of Object.values(parseNestedKeyed(any))) {
          for (const value of Object.values(values)) expect(value).toBeTypeOf("number");
        }
      }),
    );
  });

  test("has decimals in a pressure file", () => {
    expect(parseNestedKeyed("some avg10=0.25 avg60=1.00 total=123\nfull avg10=0.00")).toEqual({
      some: { avg10: 0.25, avg60: 1, total: 123 },
      full: { avg10: 0 },
    });
  });

  test("may have words, of which limits keep max", () => {
    const text = "8:0 rbps=max wbps=1048576 riops=max ctrl=auto empty=";
    expect(parseNestedKeyed(text)).toEqual({ "8:0": { wbps: 1048576 } });
    expect(parseNestedLimits(text)).toEqual({
      "8:0": { rbps: "max", wbps: 1048576, riops: "max" },
    });
  });

  test("may have devices without numbers, even on one line", () => {
    expect(parseNestedKeyed("7:1 7:0 8:0 rbytes=1\n8:16 \n")).toEqual({
      "7:1": {},
      "7:0": {},
      "8:0": { rbytes: 1 },
      "8:16": {},
    });
  });
});
