import { describe, expect, test } from "vitest";
import * as vocabulary from "../index.ts";
import { enumeratedBits } from "./enumerated-bits.ts";
import { flagGroups } from "./flag-groups.ts";

describe("the flag groups", () => {
  test("hold every constant of the vocabulary under its own value", () => {
    const grouped = new Map(Object.values(flagGroups).flatMap((group) => Object.entries(group)));
    const constants = Object.entries(vocabulary).filter(([name]) => /^_?[A-Z0-9_]+$/.test(name));
    expect(constants.length).toBeGreaterThan(600);
    const missing = constants.filter(([name, value]) => grouped.get(name) !== value);
    expect(missing.map(([name]) => name)).toEqual(["_LINUX_CAPABILITY_VERSION_3"]);
  });

  test("hold positive numbers up to 32 bits, and bigints beyond", () => {
    for (const [group, values] of Object.entries(flagGroups)) {
      for (const [name, value] of Object.entries(values)) {
        const wide = value > 0xffff_ffff;
        expect(typeof value, `${group}.${name}`).toBe(wide ? "bigint" : "number");
        if (value < 0) expect(["dirfd", "keyring", "listmount"]).toContain(group);
      }
    }
  });

  test("never give one value two names, but for old names of signals", () => {
    for (const [group, values] of Object.entries(flagGroups)) {
      if (group === "signal") continue;
      const numbers = Object.values(values);
      expect(new Set(numbers).size, group).toBe(numbers.length);
    }
  });

  test("flags above the enumerated bits of a group do not touch them", () => {
    for (const [group, mask] of Object.entries(enumeratedBits)) {
      if (mask === -1n) continue;
      for (const [name, value] of Object.entries(flagGroups[group as "open"])) {
        const bits = BigInt(value);
        const apart = (bits & mask) === 0n || (bits & ~mask) === 0n;
        expect(apart, `${group}.${name}`).toBe(true);
      }
    }
  });
});
