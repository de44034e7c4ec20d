import type { Controller, Setting, SettingContext } from "../controller.ts";
import { parseFlatKeyed } from "../parse/flat-keyed.ts";
import { present } from "../present.ts";
import type { CpuLimits } from "../resources.ts";
import type { CpuStat } from "../stat.ts";
import type { Limit } from "../units.ts";
import { bandwidthSettings } from "./cpu-bandwidth.ts";
import { realtimeSettings } from "./cpu-realtime.ts";
import { shareSettings } from "./cpu-shares.ts";
import { readNumber } from "./read-number.ts";
import { requireFile } from "./refusal.ts";
import { writer } from "./writer.ts";

const write = writer("cpu");

/** Time of the CPUs: Documentation/scheduler/sched-bwc.rst, sched-rt-group.rst, sched-util-clamp.rst. */
export const cpu: Controller = {
  name: "cpu",
  fields: [
    "cpu.shares",
    "cpu.weight",
    "cpu.quota",
    "cpu.period",
    "cpu.burst",
    "cpu.idle",
    "cpu.realtimeRuntime",
    "cpu.realtimePeriod",
    "cpu.uclampMin",
    "cpu.uclampMax",
  ],

  settings({ cpu: limits }, context) {
    if (limits === undefined) return [];
    return [
      ...shareSettings(limits, context),
      ...bandwidthSettings(limits, context),
      ...realtimeSettings(limits, context),
      ...clampSettings(limits, context),
    ];
  },

  limits(files) {
    const quota = readNumber(files, "cpu.cfs_quota_us");
    const idle = files.read("cpu.idle");
    const limits = present<CpuLimits>({
      // An idle group has shares of 3, which the kernel would not take from us.
      shares: idle === "1" ? undefined : readNumber(files, "cpu.shares"),
      quota: quota !== undefined && quota < 0 ? "max" : quota,
      period: readNumber(files, "cpu.cfs_period_us"),
      burst: readNumber(files, "cpu.cfs_burst_us"),
      idle: idle === undefined ? undefined : idle === "1",
      realtimeRuntime: readNumber(files, "cpu.rt_runtime_us"),
      realtimePeriod: readNumber(files, "cpu.rt_period_us"),
      uclampMin: readNumber(files, "cpu.uclamp.min"),
      uclampMax: percent(files.read("cpu.uclamp.max")),
    });
    return Object.keys(limits).length === 0 ? {} : { cpu: limits };
  },

  stat: {
    cpu(files): CpuStat | undefined {
      const text = files.read("cpu.stat");
      if (text === undefined) return undefined;
      const stat = parseFlatKeyed(text);
      return present<CpuStat>({
        nrPeriods: stat["nr_periods"],
        nrThrottled: stat["nr_throttled"],
        throttledUsec: microseconds(stat["throttled_time"]),
        nrBursts: stat["nr_bursts"],
        burstUsec: microseconds(stat["burst_time"]),
      });
    },
  },
};

function clampSettings(limits: CpuLimits, context: SettingContext): Setting[] {
  const settings: Setting[] = [];
  for (const [field, file, value] of [
    ["cpu.uclampMin", "cpu.uclamp.min", limits.uclampMin],
    ["cpu.uclampMax", "cpu.uclamp.max", limits.uclampMax],
  ] as const) {
    if (value === undefined) continue;
    requireFile(context, file, field, "It comes with CONFIG_UCLAMP_TASK_GROUP");
    settings.push(write(file, value, field));
  }
  return settings;
}

function percent(text: string | undefined): Limit | undefined {
  return text === undefined || text === "max" ? text : Number(text);
}

/** v1 counts in nanoseconds. */
function microseconds(nanoseconds: number | undefined): number | undefined {
  return nanoseconds === undefined ? undefined : Math.floor(nanoseconds / 1000);
}
