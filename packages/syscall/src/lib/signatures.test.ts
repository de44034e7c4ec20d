import { describe, expect, test } from "vitest";
import { flagGroups } from "./flag-groups.ts";
import { signatures } from "./signatures.ts";
import { isSyscallName } from "./syscall-number.ts";

const all = Object.entries(signatures);

describe("the signatures", () => {
  test("cover what a container plan can call", () => {
    expect(all.length).toBeGreaterThanOrEqual(130);
  });

  test("are those of system calls, with six parameters at most", () => {
    for (const [name, parameters] of all) {
      expect(isSyscallName(name), name).toBe(true);
      expect(parameters.length, name).toBeLessThanOrEqual(6);
    }
  });

  test("name each parameter once, and only flag groups that exist", () => {
    for (const [call, parameters] of all) {
      const names = parameters.map(({ name }) => name);
      expect(new Set(names).size, call).toBe(names.length);
      for (const { flags } of parameters) {
        if (flags !== undefined) expect(flagGroups[flags], call).toBeDefined();
      }
    }
  });
});
