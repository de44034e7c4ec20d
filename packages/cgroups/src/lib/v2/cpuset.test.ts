import { expect, test } from "vitest";
import { cpuset } from "./cpuset.ts";
import { contextOf, groupOf, lines } from "./pretended-group.ts";

const parent = { "cpuset.cpus.effective": "0-1", "cpuset.mems.effective": "0" };
const group = { "cpuset.cpus.partition": "member", "cpuset.cpus.effective": "0-1" };

test("CPUs and nodes are written before the partition that needs them", () => {
  const cpu = { partition: "root", mems: "0", cpus: "1" } as const;
  expect(lines(cpuset.settings?.({ cpu }, contextOf(group, { parent })))).toEqual([
    "cpuset.cpus=1",
    "cpuset.mems=0",
    "cpuset.cpus.partition=root",
  ]);
});

test("a new group needs nothing written", () => {
  expect(cpuset.settings?.({}, contextOf(group, { parent, fresh: true }))).toEqual([]);
});

test("CPUs that the group above has not are refused, where the kernel would pass over them", () => {
  expect(() => cpuset.settings?.({ cpu: { cpus: "1-2" } }, contextOf(group, { parent }))).toThrow(
    expect.objectContaining({
      code: "X_CGROUP_INVALID",
      field: "cpu.cpus",
      message: expect.stringContaining("0-1"),
    }),
  );
});

test("CPUs that the group holds as a partition are its own although no longer above", () => {
  const context = contextOf(
    { "cpuset.cpus.effective": "1" },
    { parent: { ...parent, "cpuset.cpus.effective": "0" } },
  );
  expect(lines(cpuset.settings?.({ cpu: { cpus: "0-1" } }, context))).toEqual(["cpuset.cpus=0-1"]);
});

test("a partition that the kernel found invalid is the wish in limits, the reason in statistics", () => {
  const text = "root invalid (Parent is not a partition root)";
  const files = groupOf({
    "cpuset.cpus": "1",
    "cpuset.mems": "",
    "cpuset.cpus.partition": text,
    "cpuset.cpus.effective": "0-1",
    "cpuset.mems.effective": "0",
  });
  expect(cpuset.limits?.(files)).toEqual({ cpu: { cpus: "1", partition: "root" } });
  expect(cpuset.stat?.cpuset?.(files)).toEqual({ cpus: "0-1", mems: "0", partition: text });
});

test("without the controller there is nothing to tell", () => {
  expect(cpuset.limits?.(groupOf({}))).toEqual({});
  expect(cpuset.stat?.cpuset?.(groupOf({}))).toBeUndefined();
});
