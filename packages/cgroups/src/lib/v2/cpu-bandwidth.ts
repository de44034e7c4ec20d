import type { Setting, SettingContext } from "../controller.ts";
import { CgroupError } from "../error.ts";
import type { CpuLimits } from "../resources.ts";
import { microsecondsOf, type Limit } from "../units.ts";
import { numberIn } from "./file-value.ts";
import { requireFile } from "./unsupported.ts";

/**
 * Quota, period and burst. What is not given stays as it is, and at no time is the burst above the
 * quota, which the kernel would refuse (tg_set_bandwidth).
 */
export function bandwidthSettings(limits: CpuLimits, context: SettingContext): Setting[] {
  const quota = time(limits.quota, "cpu.quota");
  const period = time(limits.period, "cpu.period");
  const burst = time(limits.burst, "cpu.burst");
  const settings = quotaAndPeriod(quota, period, context);
  if (quota === undefined && burst === undefined) return settings;

  const before = context.fresh ? 0 : (numberIn(context.files, "cpu.max.burst") ?? 0);
  if (burst === undefined) {
    if (typeof quota === "number" && quota < before) {
      throw new CgroupError("X_CGROUP_INVALID", `less than the burst in force, ${before} µs`, {
        field: "cpu.quota",
        hint: "Give a smaller cpu.burst with it",
      });
    }
    return settings;
  }
  const extra = burstSettings(burst, context);
  return Number(burst) < before ? [...extra, ...settings] : [...settings, ...extra];
}

/** The kernel takes a quota alone, but no period alone. */
function quotaAndPeriod(
  quota: Limit | undefined,
  period: Limit | undefined,
  { files, fresh }: SettingContext,
): Setting[] {
  const to = { controller: "cpu", file: "cpu.max" } as const;
  if (period === undefined) {
    return quota === undefined ? [] : [{ ...to, value: `${quota}`, field: "cpu.quota" }];
  }
  if (quota !== undefined) return [{ ...to, value: `${quota} ${period}`, field: "cpu.quota" }];
  const kept = fresh ? "max" : (files.read("cpu.max")?.split(" ")[0] ?? "max");
  return [{ ...to, value: `${kept} ${period}`, field: "cpu.period" }];
}

function burstSettings(burst: Limit, { files }: SettingContext): Setting[] {
  const file = "cpu.max.burst";
  // Without the file nothing is saved up, which is what 0 asks for.
  if (burst === 0 && files.read(file) === undefined) return [];
  requireFile(files, file, "cpu.burst", "Linux 5.14 has it first");
  return [{ controller: "cpu", file, value: `${burst}`, field: "cpu.burst" }];
}

function time(value: CpuLimits["quota"], field: string): Limit | undefined {
  return value === undefined ? undefined : microsecondsOf(value, field);
}
