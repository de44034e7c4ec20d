import type { Controller, Setting, SettingContext } from "../controller.ts";
import { present } from "../present.ts";
import type { CpuLimits } from "../resources.ts";
import { bandwidthSettings } from "./cpu-bandwidth.ts";
import { weightSettings } from "./cpu-weight.ts";
import { numberIn } from "./file-value.ts";
import { requireFile, unsupported } from "./unsupported.ts";

/**
 * Time of the CPUs. What was used of it is in `core`, since every group counts it. Source: "CPU" of
 * Documentation/admin-guide/cgroup-v2.rst.
 */
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
    refuseRealtime(limits);
    return [
      ...weightSettings(limits, context),
      ...bandwidthSettings(limits, context),
      ...clampSettings(limits, context),
    ];
  },

  limits(files) {
    const [quota, period] = files.read("cpu.max")?.split(" ") ?? [];
    const idle = numberIn(files, "cpu.idle");
    const limits = present<CpuLimits>({
      // An idle group has none: the file says 0.
      weight: idle === 1 ? undefined : numberIn(files, "cpu.weight"),
      quota: quota === undefined || quota === "max" ? quota : Number(quota),
      period: period === undefined ? undefined : Number(period),
      burst: numberIn(files, "cpu.max.burst"),
      idle: idle === undefined ? undefined : idle === 1,
      uclampMin: percent(files.read("cpu.uclamp.min")),
      uclampMax: percentOrMax(files.read("cpu.uclamp.max")),
    });
    return Object.keys(limits).length === 0 ? {} : { cpu: limits };
  },
};

function refuseRealtime(limits: CpuLimits): void {
  for (const field of ["realtimeRuntime", "realtimePeriod"] as const) {
    if (limits[field] === undefined) continue;
    throw unsupported(
      `cpu.${field}`,
      "limits of real-time scheduling",
      "Mount the cpu controller as v1, on a kernel with CONFIG_RT_GROUP_SCHED; or bound all real-time threads of the machine with sched_rt_runtime_us (sysctl)",
    );
  }
}

function clampSettings(limits: CpuLimits, { files }: SettingContext): Setting[] {
  const settings: Setting[] = [];
  for (const [field, file, value] of [
    ["cpu.uclampMin", "cpu.uclamp.min", limits.uclampMin],
    ["cpu.uclampMax", "cpu.uclamp.max", limits.uclampMax],
  ] as const) {
    if (value === undefined) continue;
    requireFile(files, file, field, "It comes with CONFIG_UCLAMP_TASK_GROUP");
    settings.push({ controller: "cpu", file, value: `${value}`, field });
  }
  return settings;
}

function percent(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function percentOrMax(text: string | undefined): CpuLimits["uclampMax"] | undefined {
  return text === "max" ? text : percent(text);
}
