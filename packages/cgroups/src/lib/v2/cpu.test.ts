import { describe, expect, test } from "vitest";
import { cpu } from "./cpu.ts";
import { contextOf, groupOf, lines } from "./pretended-group.ts";

const old = { "cpu.max": "50000 100000", "cpu.max.burst": "20000", "cpu.idle": "0" };
const idle = { ...old, "cpu.idle": "1", "cpu.weight": "0" };

describe("quota, period and burst", () => {
  test.each([
    ["both are one line", { quota: 20_000, period: 50_000 }, {}, ["cpu.max=20000 50000"]],
    ["units are microseconds in the end", { quota: "20ms" }, {}, ["cpu.max=20000"]],
    ["a quota alone keeps the period", { quota: 20_000 }, old, ["cpu.max=20000"]],
    ["a period alone keeps the quota", { period: 20_000 }, old, ["cpu.max=50000 20000"]],
    ["no quota is max", { quota: "max" }, old, ["cpu.max=max"]],
    [
      "a greater burst follows its quota",
      { quota: 60_000, burst: 30_000 },
      old,
      ["cpu.max=60000", "cpu.max.burst=30000"],
    ],
    [
      "a smaller burst goes before its quota",
      { quota: 10_000, burst: 5000 },
      old,
      ["cpu.max.burst=5000", "cpu.max=10000"],
    ],
    ["no burst needs no file on an old kernel", { burst: 0 }, {}, []],
  ] as const)("%s", (_, limits, files, expected) => {
    expect(lines(cpu.settings?.({ cpu: limits }, contextOf(files)))).toEqual(expected);
  });

  test("a period alone in a new group leaves it without a quota", () => {
    const context = contextOf({}, { fresh: true });
    expect(lines(cpu.settings?.({ cpu: { period: 5000 } }, context))).toEqual(["cpu.max=max 5000"]);
  });

  test("a quota below the burst in force is refused before it is written", () => {
    expect(() => cpu.settings?.({ cpu: { quota: 10_000 } }, contextOf(old))).toThrow(
      expect.objectContaining({ code: "X_CGROUP_INVALID", field: "cpu.quota" }),
    );
  });

  test("a burst on a kernel without it is refused by name", () => {
    expect(() => cpu.settings?.({ cpu: { burst: 10, quota: 5000 } }, contextOf())).toThrow(
      expect.objectContaining({ code: "X_CGROUP_UNSUPPORTED", field: "cpu.burst" }),
    );
  });
});

describe("weight", () => {
  test("shares become a weight by the documented formula, and that is told", () => {
    const context = contextOf(old);
    expect(cpu.settings?.({ cpu: { shares: 1024 } }, context)).toEqual([
      { controller: "cpu", file: "cpu.weight", value: "100", field: "cpu.shares" },
    ]);
    expect(context.conversions).toMatchObject([
      { field: "cpu.shares", from: "cpu.shares = 1024", to: "cpu.weight = 100" },
    ]);
  });

  test("a weight beside shares is taken as it is", () => {
    const context = contextOf(old);
    expect(lines(cpu.settings?.({ cpu: { shares: 512, weight: 7 } }, context))).toEqual([
      "cpu.weight=7",
    ]);
    expect(context.conversions).toEqual([]);
  });

  test.each([
    [{ weight: 5, idle: true }, old, ["cpu.weight=5", "cpu.idle=1"]],
    [{ weight: 5, idle: true }, idle, ["cpu.idle=1"]],
    [{ weight: 5, idle: false }, idle, ["cpu.idle=0", "cpu.weight=5"]],
    [{ idle: 0 }, old, []],
  ] as const)("is written when the group is not idle: %j", (limits, files, expected) => {
    expect(lines(cpu.settings?.({ cpu: limits }, contextOf(files)))).toEqual(expected);
  });

  test("a weight for an idle group is refused", () => {
    expect(() => cpu.settings?.({ cpu: { weight: 5 } }, contextOf(idle))).toThrow(
      expect.objectContaining({ code: "X_CGROUP_INVALID", field: "cpu.weight" }),
    );
  });
});

test.each(["realtimeRuntime", "realtimePeriod"])("%s is refused by name on v2", (field) => {
  expect(() => cpu.settings?.({ cpu: { [field]: 1000 } }, contextOf(old))).toThrow(
    expect.objectContaining({
      code: "X_CGROUP_UNSUPPORTED",
      field: `cpu.${field}`,
      message: expect.stringContaining("cgroup v2"),
    }),
  );
});

test("utilisation is clamped where the kernel can", () => {
  const files = { "cpu.uclamp.min": "0.00", "cpu.uclamp.max": "max" };
  const limits = { uclampMin: 12.5, uclampMax: "max" } as const;
  expect(lines(cpu.settings?.({ cpu: limits }, contextOf(files)))).toEqual([
    "cpu.uclamp.min=12.5",
    "cpu.uclamp.max=max",
  ]);
  expect(() => cpu.settings?.({ cpu: limits }, contextOf(old))).toThrow(
    expect.objectContaining({ code: "X_CGROUP_UNSUPPORTED", field: "cpu.uclampMin" }),
  );
});

test("what is set reads back in the words of the description", () => {
  expect(cpu.limits?.(groupOf({ ...old, "cpu.weight": "59", "cpu.uclamp.max": "50.00" }))).toEqual({
    cpu: {
      weight: 59,
      quota: 50_000,
      period: 100_000,
      burst: 20_000,
      idle: false,
      uclampMax: 50,
    },
  });
  expect(cpu.limits?.(groupOf(idle)).cpu).not.toHaveProperty("weight");
  expect(cpu.limits?.(groupOf({}))).toEqual({});
});
