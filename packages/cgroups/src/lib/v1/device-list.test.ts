import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CgroupError } from "../error.ts";
import type { DeviceRule } from "../resources.ts";
import { devices } from "./devices.ts";
import { lines, refusal, type Situation } from "./testing/context.ts";
import { KernelDevices } from "./testing/kernel-devices.ts";

/** What the description says: the last rule that fits decides. */
function decides(
  rules: readonly DeviceRule[],
  type: string,
  major: number,
  minor: number,
  access: string,
): boolean {
  const last = rules.findLast(
    (rule) =>
      ((rule.type ?? "a") === "a" || rule.type === type) &&
      (rule.major === undefined || rule.major === major) &&
      (rule.minor === undefined || rule.minor === minor) &&
      (rule.access ?? "rwm").includes(access),
  );
  return last?.allow ?? true;
}

const number = fc.option(fc.nat(2), { nil: undefined });
const rules = fc.array(
  fc
    .record({
      allow: fc.boolean(),
      type: fc.constantFrom("a" as const, "b" as const, "c" as const, undefined),
      major: number,
      minor: number,
      access: fc.constantFrom("r", "rw", "m", "rwm", undefined),
    })
    .map(
      (rule) =>
        Object.fromEntries(
          Object.entries(rule).filter(([, value]) => value !== undefined),
        ) as unknown as DeviceRule,
    ),
  { maxLength: 6 },
);

function put(group: KernelDevices, wanted: readonly DeviceRule[], situation: Situation): boolean {
  try {
    for (const line of lines(devices, { devices: wanted }, situation)) group.write(line);
    return true;
  } catch (error) {
    if (error instanceof CgroupError && error.code === "X_CGROUP_UNSUPPORTED") return false;
    throw error;
  }
}

function check(group: KernelDevices, wanted: readonly DeviceRule[]): void {
  for (const type of ["b", "c"]) {
    for (const access of "rwm") {
      for (let number = 0; number < 9; number++) {
        const [major, minor] = [Math.floor(number / 3), number % 3];
        expect(group.may(type, major, minor, access), `${type} ${major}:${minor} ${access}`).toBe(
          decides(wanted, type, major, minor, access),
        );
      }
    }
  }
}

const parent = { "devices.list": "a *:* rwm" };

describe("device rules of v1", () => {
  test("let the last that fits decide, or are refused", () => {
    fc.assert(
      fc.property(rules, (wanted) => {
        const group = new KernelDevices();
        if (put(group, wanted, { parent })) check(group, wanted);
      }),
      { numRuns: 1000 },
    );
  });

  test("replace those before them", () => {
    fc.assert(
      fc.property(rules, rules, (first, second) => {
        const group = new KernelDevices();
        if (!put(group, first, { parent })) return;
        const files = { "devices.list": group.list };
        if (put(group, second, { parent, files })) check(group, second);
      }),
      { numRuns: 1000 },
    );
  });

  test("that take back a part of an earlier one are refused by name", () => {
    const allDisks = { allow: true, type: "b", major: 8 } as const;
    const wanted: DeviceRule[] = [
      { allow: false },
      allDisks,
      { ...allDisks, allow: false, minor: 1 },
    ];
    expect(refusal(devices, { devices: wanted }, { parent })).toBe(
      "X_CGROUP_UNSUPPORTED devices[2]",
    );
  });
});
