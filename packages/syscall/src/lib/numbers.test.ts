import { describe, expect, test } from "vitest";
import { numbers } from "./numbers.ts";
import { isSyscallName, syscallNumber } from "./syscall-number.ts";
import type { SyscallName } from "./syscall-number.ts";
import { UnsupportedSyscallError } from "./unsupported-syscall-error.ts";

const rows = Object.entries(numbers);

describe("the numbers of system calls", () => {
  test("are those of the architecture that is asked for", () => {
    expect(syscallNumber("read", "x64")).toBe(0);
    expect(syscallNumber("read", "arm64")).toBe(63);
    expect(syscallNumber("clone3", "x64")).toBe(435);
    expect(syscallNumber("clone3", "arm64")).toBe(435);
    expect(syscallNumber("file_setattr", "arm64")).toBe(469);
  });

  test("are given to one call each", () => {
    for (const index of [0, 1] as const) {
      const given = rows.map(([, row]) => row[index]).filter((number) => number !== null);
      expect(new Set(given).size).toBe(given.length);
    }
  });

  test("are the same on both architectures from 424 on, where the tables were unified", () => {
    const different = rows.filter(([, [x64, arm64]]) => (x64 ?? 0) >= 424 && x64 !== arm64);
    expect(different).toEqual([]);
  });

  test("a call that an architecture lacks is refused with its successor", () => {
    expect(() => syscallNumber("open", "arm64")).toThrow(
      'No system call "open" on arm64; use openat',
    );
    try {
      syscallNumber("open", "arm64");
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UnsupportedSyscallError);
      expect(error).toMatchObject({
        code: "X_UNSUPPORTED_SYSCALL",
        syscall: "open",
        arch: "arm64",
      });
    }
  });

  test("a word that is no call is refused, even one that every object has", () => {
    for (const word of ["nosuch", "toString", "__proto__"]) {
      expect(isSyscallName(word)).toBe(false);
      expect(() => syscallNumber(word as SyscallName, "x64")).toThrow(UnsupportedSyscallError);
    }
  });

  test("every successor that is proposed exists on arm64", () => {
    for (const [name, [, arm64]] of rows) {
      if (arm64 !== null) continue;
      try {
        syscallNumber(name as SyscallName, "arm64");
      } catch (error) {
        const proposed = /use (\w+)$/.exec((error as Error).message)?.[1];
        if (proposed !== undefined) {
          expect(syscallNumber(proposed as SyscallName, "arm64")).toBeGreaterThanOrEqual(0);
        }
      }
    }
  });
});
