import { statSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makedev, splitDevice } from "./makedev.ts";

describe("device numbers", () => {
  test("put the low byte of the minor number below the major one", () => {
    expect(makedev(1, 3)).toBe(0x103);
    expect(makedev(0xfff, 0xfffff)).toBe(0xffff_ffff);
    expect(makedev(8, 0x12345)).toBe(0x1230_0845);
  });

  test("are taken apart into what they were made of", () => {
    fc.assert(
      fc.property(fc.nat(0xfff), fc.nat(0xfffff), (major, minor) => {
        expect(splitDevice(makedev(major, minor))).toEqual({ major, minor });
      }),
    );
  });

  test("that do not fit are refused", () => {
    for (const [major, minor] of [
      [4096, 0],
      [-1, 0],
      [0, 1 << 20],
      [1.5, 0],
    ] as const) {
      expect(() => makedev(major, minor)).toThrow(RangeError);
    }
  });

  test.skipIf(process.platform !== "linux")("are those that stat shows (on Linux)", () => {
    expect(makedev(1, 3)).toBe(statSync("/dev/null").rdev);
    expect(makedev(1, 5)).toBe(statSync("/dev/zero").rdev);
  });
});
