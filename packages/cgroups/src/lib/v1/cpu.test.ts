import { describe, expect, test } from "vitest";
import type { Conversion } from "../controller.ts";
import { cpu } from "./cpu.ts";
import { filesOf, lines, refusal } from "./testing/context.ts";

describe("cpu of v1", () => {
  test("has shares, quota and period, clamps and real time", () => {
    const clamps = { "cpu.uclamp.min": "0.00", "cpu.uclamp.max": "max", "cpu.rt_runtime_us": "0" };
    const all = {
      shares: 512,
      quota: "50ms",
      period: "100ms",
      realtimeRuntime: 1000,
      realtimePeriod: "1s",
      uclampMin: 20.5,
      uclampMax: "max",
    } as const;
    expect(lines(cpu, { cpu: all }, { files: clamps, fresh: true })).toEqual([
      "cpu.shares=512",
      "cpu.cfs_period_us=100000",
      "cpu.cfs_quota_us=50000",
      "cpu.rt_period_us=1000000",
      "cpu.rt_runtime_us=1000",
      "cpu.uclamp.min=20.5",
      "cpu.uclamp.max=max",
    ]);
  });

  test("writes nothing for what is not given, cpus and mems included", () => {
    expect(lines(cpu, {})).toEqual([]);
    expect(lines(cpu, { cpu: { cpus: "0", mems: "0" } })).toEqual([]);
    expect(lines(cpu, { cpu: { quota: 20_000 } })).toEqual(["cpu.cfs_quota_us=20000"]);
  });

  test("takes a weight as shares if conversions are asked for", () => {
    expect(refusal(cpu, { cpu: { weight: 50 } })).toBe("X_CGROUP_UNSUPPORTED cpu.weight");
    const conversions: Conversion[] = [];
    expect(lines(cpu, { cpu: { weight: 100 } }, { conversions })).toEqual(["cpu.shares=1024"]);
    expect(conversions).toEqual([
      expect.objectContaining({ field: "cpu.weight", to: "cpu.shares = 1024" }),
    ]);
  });

  test("takes shares and leaves the weight to v2 when both are given", () => {
    expect(lines(cpu, { cpu: { shares: 300, weight: 10_000 } })).toEqual(["cpu.shares=300"]);
  });

  test("wakes an idle group before its shares, and puts it to sleep after them", () => {
    const idle = { "cpu.idle": "1" };
    const busy = { "cpu.idle": "0" };
    const to = (value: boolean | 0 | 1) => ({ cpu: { shares: 512, idle: value } });
    expect(lines(cpu, to(false), { files: idle })).toEqual(["cpu.idle=0", "cpu.shares=512"]);
    expect(lines(cpu, to(1), { files: busy })).toEqual(["cpu.shares=512", "cpu.idle=1"]);
    expect(lines(cpu, to(true), { files: idle })).toEqual(["cpu.idle=1"]);
    expect(lines(cpu, to(0), { files: busy })).toEqual(["cpu.shares=512"]);
    expect(refusal(cpu, { cpu: { shares: 512 } }, { files: idle })).toBe(
      "X_CGROUP_INVALID cpu.shares",
    );
  });

  test("refuses by field what the kernel has no file for", () => {
    const files = { "cpu.shares": "1024" };
    for (const limits of [
      { realtimeRuntime: 1000, realtimePeriod: 2000 },
      { uclampMin: 10 },
      { uclampMax: 90 },
      { idle: true },
      { burst: 1000, quota: 2000 },
    ]) {
      const [field] = Object.keys(limits);
      expect(refusal(cpu, { cpu: limits }, { files })).toBe(`X_CGROUP_UNSUPPORTED cpu.${field}`);
    }
    expect(lines(cpu, { cpu: { idle: false, burst: 0 } }, { files })).toEqual([]);
  });

  test("reads what is set", () => {
    const files = {
      "cpu.shares": "512",
      "cpu.cfs_quota_us": "-1",
      "cpu.cfs_period_us": "100000",
      "cpu.cfs_burst_us": "0",
      "cpu.idle": "0",
      "cpu.uclamp.min": "20.50",
      "cpu.uclamp.max": "max",
    };
    expect(cpu.limits!(filesOf(files))).toEqual({
      cpu: {
        shares: 512,
        quota: "max",
        period: 100_000,
        burst: 0,
        idle: false,
        uclampMin: 20.5,
        uclampMax: "max",
      },
    });
    const idle = cpu.limits!(filesOf({ ...files, "cpu.idle": "1", "cpu.shares": "3" }));
    expect(idle.cpu).not.toHaveProperty("shares");
    expect(cpu.limits!(filesOf({}))).toEqual({});
  });

  test("counts throttling in microseconds", () => {
    const text =
      "nr_periods 12\nnr_throttled 3\nthrottled_time 1234567\nnr_bursts 1\nburst_time 999";
    expect(cpu.stat!.cpu!(filesOf({ "cpu.stat": text }))).toEqual({
      nrPeriods: 12,
      nrThrottled: 3,
      throttledUsec: 1234,
      nrBursts: 1,
      burstUsec: 0,
    });
    expect(cpu.stat!.cpu!(filesOf({}))).toBeUndefined();
  });
});
