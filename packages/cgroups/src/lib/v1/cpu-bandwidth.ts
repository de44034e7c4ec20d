import type { Setting, SettingContext } from "../controller.ts";
import type { CpuLimits } from "../resources.ts";
import { microsecondsOf, type Limit } from "../units.ts";
import { firstToWrite } from "./bandwidth.ts";
import { limitText, readNumber } from "./read-number.ts";
import { invalid, requireFile } from "./refusal.ts";
import { writer } from "./writer.ts";

const write = writer("cpu");
const quotaFile = "cpu.cfs_quota_us";
const periodFile = "cpu.cfs_period_us";
const burstFile = "cpu.cfs_burst_us";
const defaults = { quota: "max", period: 100_000, burst: 0 } as const;

interface Set {
  readonly quota: Limit;
  readonly period: number;
  readonly burst: number;
}

/**
 * Quota, period and burst in an order in which the kernel takes each of them: a burst is never above
 * the quota, and no share in between is above or below both the old and the new one.
 */
export function bandwidthSettings(limits: CpuLimits, context: SettingContext): Setting[] {
  const quota = time(limits.quota, "cpu.quota");
  const period = time(limits.period, "cpu.period") as number | undefined;
  const burst = time(limits.burst, "cpu.burst") as number | undefined;
  if (quota === undefined && period === undefined && burst === undefined) return [];

  const before = context.fresh ? defaults : setNow(context);
  if (quota !== undefined && quota !== "max" && burst === undefined && before.burst > quota) {
    throw invalid(
      "cpu.quota",
      `${quota} µs are less than the burst that is set, ${before.burst} µs`,
      "Give cpu.burst with it",
    );
  }
  const main = quotaAndPeriod(quota, period, before);
  const extra = burstSettings(burst, context);
  return (burst ?? 0) < before.burst ? [...extra, ...main] : [...main, ...extra];
}

function quotaAndPeriod(
  quota: Limit | undefined,
  period: number | undefined,
  before: Set,
): Setting[] {
  const quotas = quota === undefined ? [] : [write(quotaFile, limitText(quota), "cpu.quota")];
  const periods = period === undefined ? [] : [write(periodFile, period, "cpu.period")];
  if (quota === undefined || period === undefined) return [...periods, ...quotas];
  const first = firstToWrite(
    { runtime: before.quota, period: before.period },
    { runtime: quota, period },
  );
  if (first === "runtime") return [...quotas, ...periods];
  if (first === "period") return [...periods, ...quotas];
  // No quota is always taken: the group then has what the one above has.
  return [write(quotaFile, -1, "cpu.quota"), ...periods, ...quotas];
}

function burstSettings(burst: number | undefined, context: SettingContext): Setting[] {
  if (burst === undefined) return [];
  // Without the file nothing is saved up, which is what 0 asks for.
  if (burst === 0 && context.files.read(burstFile) === undefined) return [];
  requireFile(context, burstFile, "cpu.burst", "It came with Linux 5.14");
  return [write(burstFile, burst, "cpu.burst")];
}

function setNow({ files }: SettingContext): Set {
  const quota = readNumber(files, quotaFile) ?? -1;
  return {
    quota: quota < 0 ? "max" : quota,
    period: readNumber(files, periodFile) ?? defaults.period,
    burst: readNumber(files, burstFile) ?? 0,
  };
}

function time(value: CpuLimits["quota"], field: string): Limit | undefined {
  return value === undefined ? undefined : microsecondsOf(value, field);
}
