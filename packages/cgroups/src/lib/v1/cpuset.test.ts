import { describe, expect, test } from "vitest";
import { cpuset } from "./cpuset.ts";
import { filesOf, lines, refusal, settings } from "./testing/context.ts";

const parent = { "cpuset.cpus": "0-3", "cpuset.mems": "0" };

describe("cpuset of v1", () => {
  test("hands down to a new group what it is not given, or nobody could join it", () => {
    expect(settings(cpuset, {}, { parent })).toEqual([
      { controller: "cpuset", file: "cpuset.cpus", value: "0-3", field: "cpu.cpus" },
      { controller: "cpuset", file: "cpuset.mems", value: "0", field: "cpu.mems" },
    ]);
    expect(lines(cpuset, { cpu: { cpus: "1" } }, { parent })).toEqual([
      "cpuset.cpus=1",
      "cpuset.mems=0",
    ]);
  });

  test("leaves alone in an old group what it is not given", () => {
    const old = { parent, files: parent };
    expect(lines(cpuset, {}, old)).toEqual([]);
    expect(lines(cpuset, { cpu: { mems: "0" } }, old)).toEqual(["cpuset.mems=0"]);
  });

  test("refuses CPUs and nodes that the group above has not", () => {
    expect(() => lines(cpuset, { cpu: { cpus: "2-5" } }, { parent })).toThrow(
      'cpu.cpus: CPUs 4-5 of "2-5" are not there; the group above has 0-3',
    );
    expect(refusal(cpuset, { cpu: { mems: "1" } }, { parent })).toBe("X_CGROUP_INVALID cpu.mems");
  });

  test("says so when the group above has none itself", () => {
    const empty = { "cpuset.cpus": "", "cpuset.mems": "", "cpuset.effective_cpus": "" };
    expect(refusal(cpuset, {}, { parent: empty })).toBe("X_CGROUP_KERNEL cpu.cpus");
  });

  test("knows what the group above has with the mount option cpuset_v2_mode", () => {
    const above = {
      "cpuset.cpus": "",
      "cpuset.mems": "",
      "cpuset.effective_cpus": "0-1",
      "cpuset.effective_mems": "0",
    };
    expect(lines(cpuset, {}, { parent: above })).toEqual(["cpuset.cpus=0-1", "cpuset.mems=0"]);
  });

  test("has no partitions but being a member", () => {
    const to = (partition: "member" | "root") => ({ cpu: { partition } });
    expect(lines(cpuset, to("member"), { files: parent })).toEqual([]);
    expect(refusal(cpuset, to("root"), { files: parent })).toBe(
      "X_CGROUP_UNSUPPORTED cpu.partition",
    );
  });

  test("reads what is set and what is in effect", () => {
    expect(cpuset.limits!(filesOf(parent))).toEqual({ cpu: { cpus: "0-3", mems: "0" } });
    expect(cpuset.limits!(filesOf({ "cpuset.cpus": "", "cpuset.mems": "" }))).toEqual({});
    const effective = { "cpuset.effective_cpus": "0-1", "cpuset.effective_mems": "0" };
    expect(cpuset.stat!.cpuset!(filesOf(effective))).toEqual({ cpus: "0-1", mems: "0" });
    expect(cpuset.stat!.cpuset!(filesOf({}))).toBeUndefined();
  });
});
