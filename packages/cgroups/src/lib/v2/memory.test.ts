import { describe, expect, test } from "vitest";
import type { MemoryLimits } from "../resources.ts";
import { memory } from "./memory.ts";
import { contextOf, groupOf, lines } from "./pretended-group.ts";

const MiB = 1_048_576;
const group = {
  "memory.max": `${64 * MiB}`,
  "memory.current": `${48 * MiB}`,
  "memory.swap.max": "max",
  "memory.swap.current": `${8 * MiB}`,
  "memory.oom.group": "0",
};
const settings = (limits: MemoryLimits, files: Record<string, string> = group): string[] =>
  lines(memory.settings?.({ memory: limits }, contextOf(files)));

test("sizes are written in bytes, protections first and the limit before the swap", () => {
  const limits = { limit: "64MiB", swap: "96MiB", high: "60MiB", low: 4096, min: 0 } as const;
  expect(settings({ ...limits, oomGroup: true })).toEqual([
    "memory.min=0",
    "memory.low=4096",
    `memory.high=${60 * MiB}`,
    `memory.max=${64 * MiB}`,
    `memory.swap.max=${32 * MiB}`,
    "memory.oom.group=1",
  ]);
});

describe("swap counts memory and swap together", () => {
  test.each<[string, MemoryLimits, string]>([
    ["the same as the limit is no swap", { limit: 4096, swap: 4096 }, "0"],
    ["without a limit the one in force counts", { swap: "80MiB" }, `${16 * MiB}`],
    ["max is max", { swap: "max" }, "max"],
  ])("%s", (_, limits, value) => {
    expect(settings(limits)).toContain(`memory.swap.max=${value}`);
  });

  test.each<[string, MemoryLimits, Record<string, string>, string]>([
    ["less than the limit in force", { swap: 4096 }, group, "X_CGROUP_INVALID"],
    ["without any limit", { swap: 4096 }, { ...group, "memory.max": "max" }, "X_CGROUP_INVALID"],
    ["on a kernel that counts no swap", { limit: 1, swap: 2 }, {}, "X_CGROUP_UNSUPPORTED"],
  ])("%s it is refused", (_, limits, files, code) => {
    expect(() => settings(limits, files)).toThrow(
      expect.objectContaining({ code, field: "memory.swap" }),
    );
  });

  test("no limit needs no file where swap is not counted", () => {
    expect(settings({ swap: "max" }, {})).toEqual([]);
  });
});

describe("what v2 has not", () => {
  test.each<MemoryLimits>([
    { swappiness: 10 },
    { kernel: "1MiB" },
    { kernelTCP: 5 },
    { disableOOMKiller: true },
  ])("is refused by name: %j", (limits) => {
    expect(() => settings(limits)).toThrow(
      expect.objectContaining({
        code: "X_CGROUP_UNSUPPORTED",
        field: `memory.${Object.keys(limits)[0]}`,
        message: expect.stringContaining("cgroup v2"),
      }),
    );
  });

  test("is taken when it asks for what v2 does anyway", () => {
    expect(settings({ kernel: "max", kernelTCP: "max", disableOOMKiller: false })).toEqual([]);
  });

  test.each<[MemoryLimits, string]>([
    [{ reservation: "32MiB" }, `memory.low=${32 * MiB}`],
    [{ reservation: "max" }, "memory.low=0"],
  ])("a reservation becomes a protection, and that is told: %j", (limits, expected) => {
    const context = contextOf(group);
    expect(lines(memory.settings?.({ memory: limits }, context))).toEqual([expected]);
    expect(context.conversions).toMatchObject([{ field: "memory.reservation" }]);
  });

  test("a protection beside a reservation is taken as it is", () => {
    expect(settings({ reservation: 8192, low: 4096 })).toEqual(["memory.low=4096"]);
  });
});

test.each<[MemoryLimits, string]>([
  [{ limit: "32MiB" }, "memory.limit"],
  [{ limit: "48MiB", swap: "50MiB" }, "memory.swap"],
])("checkBeforeUpdate refuses less than is in use: %j", (limits, field) => {
  expect(() => settings({ ...limits, checkBeforeUpdate: true })).toThrow(
    expect.objectContaining({ code: "X_CGROUP_INVALID", field }),
  );
  expect(settings(limits)).not.toEqual([]);
});

test("what is set reads back in the words of the description", () => {
  const files = { ...group, "memory.swap.max": "4096", "memory.high": "max", "memory.low": "0" };
  expect(memory.limits?.(groupOf(files))).toEqual({
    memory: { limit: 64 * MiB, swap: 64 * MiB + 4096, high: "max", low: 0, oomGroup: false },
  });
  const alone = groupOf({ ...files, "memory.max": "max" });
  expect(memory.limits?.(alone).memory).not.toHaveProperty("swap");
  expect(memory.limits?.(groupOf({}))).toEqual({});
});

test("usage is told with what the kernel has of it", () => {
  const events = "low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 6";
  const stat = memory.stat?.memory;
  expect(stat?.(groupOf({ ...group, "memory.events": events, "memory.peak": "70" }))).toEqual({
    current: 48 * MiB,
    peak: 70,
    limit: 64 * MiB,
    swapCurrent: 8 * MiB,
    swapLimit: "max",
    events: { low: 1, high: 2, max: 3, oom: 4, oomKill: 5, oomGroupKill: 6 },
  });
  expect(stat?.(groupOf({}))).toBeUndefined();
});

test("memory.stat has names of ours and all of the kernel's", () => {
  const text = "anon 1\nfile 2\nfile_mapped 3\nkernel 4\nzswapped 5\npgmajfault 6";
  expect(memory.stat?.memoryStat?.(groupOf({ "memory.stat": text }))).toEqual({
    anon: 1,
    file: 2,
    fileMapped: 3,
    kernel: 4,
    pgmajfault: 6,
    raw: { anon: 1, file: 2, file_mapped: 3, kernel: 4, zswapped: 5, pgmajfault: 6 },
  });
  expect(memory.stat?.memoryStat?.(groupOf({}))).toBeUndefined();
});
