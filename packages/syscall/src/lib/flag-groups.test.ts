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

  test("never give one value two names, but where the man pages do", () => {
    for (const [group, values] of Object.entries(flagGroups)) {
      const numbers = Object.values(values);
      // SIGIOT is SIGABRT, SIGPOLL is SIGIO; wait4(2) says WUNTRACED, waitid(2) WSTOPPED.
      const aliases = { signal: 2, wait: 1 }[group] ?? 0;
      expect(numbers.length - new Set(numbers).size, group).toBe(aliases);
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
