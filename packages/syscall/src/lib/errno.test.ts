import { constants } from "node:os";
import { describe, expect, test } from "vitest";
import { errnoMeaning, errnoName, errnoNumber, isErrnoName } from "./errno.ts";

describe("errors of the kernel", () => {
  test("have a name, a number and a meaning", () => {
    expect(errnoNumber("EPERM")).toBe(1);
    expect(errnoName(38)).toBe("ENOSYS");
    expect(errnoMeaning("ENOENT")).toBe("No such file or directory");
  });

  test("are found by the negative number of Node's errors as well", () => {
    expect(errnoName(-17)).toBe("EEXIST");
  });

  test("a number without an error has no name", () => {
    expect(errnoName(0)).toBeUndefined();
    expect(errnoName(4095)).toBeUndefined();
  });

  test("the names are told apart from other words", () => {
    expect(isErrnoName("EBUSY")).toBe(true);
    expect(isErrnoName("toString")).toBe(false);
  });

  test.skipIf(process.platform !== "linux")("Node knows the same ones (on Linux)", () => {
    for (const [name, number] of Object.entries(constants.errno)) {
      if (isErrnoName(name)) expect(errnoNumber(name)).toBe(number);
      // Aliases of a number have one name here.
      else expect(errnoName(number)).toBeDefined();
    }
  });
});
