import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DeviceRule } from "../resources.ts";
import { isAllowed } from "./device-access.ts";
import type { DeviceAccess } from "./device-access.ts";
import { listing } from "./listing.ts";
import { deviceProgram } from "./program.ts";
import { run } from "./testing/interpreter.ts";

/** What a container may use, as the OCI runtime specification has it, shortened. */
const container: readonly DeviceRule[] = [
  { allow: false },
  { allow: true, type: "c", access: "m" },
  { allow: true, type: "b", access: "m" },
  { allow: true, type: "c", major: 1, minor: 3 },
  { allow: true, type: "c", major: 136 },
  { allow: false, type: "b", major: 8, minor: 0, access: "w" },
];

/** Few numbers, so that rules and accesses meet. */
const number = fc.constantFrom(0, 1, 3, 4095);
const letters = (least: number): fc.Arbitrary<string> =>
  fc.subarray(["r", "w", "m"], { minLength: least }).map((chosen) => chosen.join(""));

const rule: fc.Arbitrary<DeviceRule> = fc.record(
  {
    allow: fc.boolean(),
    type: fc.constantFrom("a" as const, "b" as const, "c" as const),
    major: number,
    minor: number,
    access: letters(1),
  },
  { requiredKeys: ["allow"] },
);

const wanted: fc.Arbitrary<DeviceAccess> = fc.record({
  type: fc.constantFrom("b" as const, "c" as const),
  major: number,
  minor: number,
  access: letters(0),
});

describe("the program of device rules", () => {
  test("reads as its golden file", async () => {
    await expect(`${listing(deviceProgram(container))}\n`).toMatchFileSnapshot(
      "golden/container.txt",
    );
  });

  test("decides every access as the rules do, read one by one", () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 12 }), wanted, (rules, access) => {
        const answer = run(deviceProgram(rules), access);
        expect(answer).toBe(isAllowed(rules, access) ? 1n : 0n);
      }),
      { numRuns: 5000 },
    );
  });

  test("only jumps forward, and ends", () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 12 }), (rules) => {
        const program = deviceProgram(rules);
        for (const [at, { off, code }] of program.entries()) {
          // Loads have their place in memory where jumps have how far they go.
          if ((code & 7) !== 5) continue;
          expect(off).toBeGreaterThanOrEqual(0);
          expect(at + 1 + off).toBeLessThanOrEqual(program.length);
        }
      }),
    );
  });

  test("allows what no rule speaks of, for the group above to decide", () => {
    const access = { type: "c", major: 1, minor: 3, access: "rw" } as const;
    expect(run(deviceProgram([]), access)).toBe(1n);
    expect(run(deviceProgram([{ allow: false, type: "b" }]), access)).toBe(1n);
    expect(run(deviceProgram([{ allow: false }]), access)).toBe(0n);
  });

  test("puts an access together from several rules, and denies it for a part", () => {
    const rules: DeviceRule[] = [
      { allow: false },
      { allow: true, type: "c", major: 1, access: "r" },
      { allow: true, type: "c", minor: 3, access: "w" },
    ];
    const ask = (minor: number): bigint =>
      run(deviceProgram(rules), { type: "c", major: 1, minor, access: "rw" });
    expect([ask(3), ask(5)]).toEqual([1n, 0n]);
  });
});

describe("a device rule that is none", () => {
  test.each<[string, unknown]>([
    ["devices[0].allow", {}],
    ["devices[0].type", { allow: true, type: "p" }],
    ["devices[0].major", { allow: true, major: 4096 }],
    ["devices[0].minor", { allow: true, minor: -1 }],
    ["devices[0].minor", { allow: true, minor: 1.5 }],
    ["devices[0].access", { allow: true, access: "rx" }],
    ["devices[0].access", { allow: true, access: "" }],
  ])("is refused with its field %s", (field, bad) => {
    expect(() => deviceProgram([bad as DeviceRule])).toThrow(
      expect.objectContaining({ code: "X_CGROUP_INVALID", field }),
    );
  });
});
