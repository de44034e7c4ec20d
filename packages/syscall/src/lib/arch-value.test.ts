import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { archDifferences, archValue } from "./arch-value.ts";
import { CLONE_IO, CLONE_NEWNS } from "./constants/clone.ts";
import { AT_FDCWD } from "./constants/dirfd.ts";
import {
  O_CLOEXEC,
  O_DIRECT,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_PATH,
  O_TMPFILE,
} from "./constants/open.ts";
import type { FlagGroupName } from "./flag-group-name.ts";
import { flagGroups } from "./flag-groups.ts";

describe("flags in the numbers of an architecture", () => {
  test("are translated where arm64 has other numbers", () => {
    expect(archValue("open", O_DIRECTORY | O_CLOEXEC, "arm64")).toBe(0o40000 | O_CLOEXEC);
    expect(archValue("open", O_NOFOLLOW | O_PATH, "arm64")).toBe(0o100000 | O_PATH);
    expect(archValue("open", O_DIRECT, "arm64")).toBe(0o200000);
    expect(archValue("open", O_TMPFILE, "arm64")).toBe(0o20040000);
  });

  test("are left as they are for x86-64", () => {
    expect(archValue("open", O_DIRECTORY, "x64")).toBe(O_DIRECTORY);
  });

  test("stay of the type they have, and bits without a name stay set", () => {
    expect(archValue("open", BigInt(O_DIRECTORY) | (1n << 40n), "arm64")).toBe(
      0o40000n | (1n << 40n),
    );
  });

  test("are unsigned, though JavaScript's operators make bit 31 the sign", () => {
    const flags = CLONE_IO | CLONE_NEWNS;
    expect(flags).toBeLessThan(0);
    for (const arch of ["x64", "arm64"] as const) {
      expect(archValue("clone", flags, arch)).toBe(0x8002_0000);
      expect(archValue("dirfd", AT_FDCWD, arch)).toBe(-100);
    }
  });

  test("translated twice are what they were", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(archValue("open", archValue("open", value, "arm64"), "arm64")).toBe(value);
      }),
    );
  });

  test("of all other groups are the same everywhere", () => {
    for (const group of Object.keys(flagGroups) as FlagGroupName[]) {
      if (group in archDifferences) continue;
      expect(archValue(group, 0x1234_5678, "arm64")).toBe(0x1234_5678);
    }
  });
});
