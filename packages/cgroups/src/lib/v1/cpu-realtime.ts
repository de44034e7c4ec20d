import type { Setting, SettingContext } from "../controller.ts";
import type { CpuLimits } from "../resources.ts";
import { microsecondsOf } from "../units.ts";
import { firstToWrite } from "./bandwidth.ts";
import { readNumber } from "./read-number.ts";
import { requireFile } from "./refusal.ts";
import { writer } from "./writer.ts";

const write = writer("cpu");
const runtimeFile = "cpu.rt_runtime_us";
const periodFile = "cpu.rt_period_us";
/** Of a new group: kernel/sched/rt.c. */
const defaults = { runtime: 0, period: 1_000_000 };

/** How much of which period is for real-time scheduling (sched(7)), in an order the kernel takes. */
export function realtimeSettings(limits: CpuLimits, context: SettingContext): Setting[] {
  const runtime = time(limits.realtimeRuntime, "cpu.realtimeRuntime");
  const period = time(limits.realtimePeriod, "cpu.realtimePeriod");
  if (runtime === undefined && period === undefined) return [];
  const field = runtime === undefined ? "cpu.realtimePeriod" : "cpu.realtimeRuntime";
  requireFile(
    context,
    runtimeFile,
    field,
    "It comes with CONFIG_RT_GROUP_SCHED, and may have to be switched on with rt_group_sched=1",
  );

  const runtimes =
    runtime === undefined ? [] : [write(runtimeFile, runtime, "cpu.realtimeRuntime")];
  const periods = period === undefined ? [] : [write(periodFile, period, "cpu.realtimePeriod")];
  if (runtime === undefined || period === undefined) return [...periods, ...runtimes];
  const before = context.fresh ? defaults : setNow(context);
  return firstToWrite(before, { runtime, period }) === "period"
    ? [...periods, ...runtimes]
    : [...runtimes, ...periods];
}

function setNow({ files }: SettingContext): typeof defaults {
  return {
    runtime: readNumber(files, runtimeFile) ?? defaults.runtime,
    period: readNumber(files, periodFile) ?? defaults.period,
  };
}

function time(value: CpuLimits["realtimePeriod"], field: string): number | undefined {
  return value === undefined ? undefined : (microsecondsOf(value, field) as number);
}
