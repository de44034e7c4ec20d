import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatCpuList, parseCpuList, requireCpus } from "./cpu-list.ts";

describe("a list of CPUs", () => {
  test("is ranges and single numbers", () => {
    expect(parseCpuList("0-2,4", "cpu.cpus")).toEqual([0, 1, 2, 4]);
    expect(parseCpuList("", "cpu.cpus")).toEqual([]);
    expect(formatCpuList([4, 0, 2, 1, 1])).toBe("0-2,4");
    expect(formatCpuList([])).toBe("");
  });

  test("is the same after it was written and read", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(8191), { maxLength: 200 }), (numbers) => {
        expect(parseCpuList(formatCpuList(numbers), "cpu.cpus")).toEqual(
          numbers.toSorted((a, b) => a - b),
        );
      }),
    );
  });

  test.each([
    ",",
    "0,",
    "-1",
    "3-1",
    "0 -2",
    "0-2:1/2",
    "all",
    "1\n",
    "0x1",
    "8192",
    "0-99999",
    "1".repeat(400),
  ])("is not %j, and the error has the field", (text) => {
    expect(() => parseCpuList(text, "cpu.cpus")).toThrow(
      expect.objectContaining({ code: "X_CGROUP_INVALID", field: "cpu.cpus" }),
    );
  });

  test("that asks for more than there is is refused with what is there", () => {
    expect(() => requireCpus("0-99", "0-1", "CPUs", "cpu.cpus")).toThrow(
      'cpu.cpus: CPUs 2-99 of "0-99" are not there; the group above has 0-1',
    );
    expect(() => requireCpus("1", "", "memory nodes", "cpu.mems")).toThrow("has none");
    expect(() => requireCpus("1,0", "0-1", "CPUs", "cpu.cpus")).not.toThrow();
  });
});
