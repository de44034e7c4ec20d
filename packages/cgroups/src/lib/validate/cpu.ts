import type { Machine } from "../machine.ts";
import { formatCpuList, parseCpuList } from "../parse/cpu-list.ts";
import type { CpuLimits } from "../resources.ts";
import { every, invalid, object, oneOf, show, type Check } from "./check.ts";
import { decimal, duration, microseconds, orMax, whole } from "./quantity.ts";

/** Of the bandwidth code of kernel/sched/core.c, in microseconds. */
const leastTime = 1000;
const mostPeriod = 1_000_000;
const mostQuota = 2 ** 44 - 1;

const fields = object<CpuLimits>({
  shares: whole(2, 262_144),
  weight: whole(1, 10_000),
  quota: orMax(duration(leastTime, mostQuota)),
  period: duration(leastTime, mostPeriod),
  burst: duration(0, mostQuota),
  idle: oneOf(true, false, 0, 1),
  realtimeRuntime: duration(0),
  realtimePeriod: duration(1),
  uclampMin: decimal(0, 100, 2),
  uclampMax: orMax(decimal(0, 100, 2)),
  cpus: numbers("CPUs", "cpus"),
  mems: numbers("memory nodes", "mems"),
  partition: oneOf("member", "root", "isolated"),
});

/** `Resources.cpu` */
export const cpu: Check = every(fields, (value, field) => {
  checkBurst(value as CpuLimits, field);
  checkRealtime(value as CpuLimits, field);
});

function checkBurst(limits: CpuLimits, field: string): void {
  const burst = microseconds(limits.burst, `${field}.burst`);
  const quota = microseconds(limits.quota, `${field}.quota`);
  if (burst === undefined || burst === "max" || burst === 0) return;
  if (quota === undefined || quota === "max") {
    throw invalid(`${field}.burst`, "there is no quota that could be saved up", "Give cpu.quota");
  }
  if (burst > quota) {
    throw invalid(`${field}.burst`, `${burst} µs are more than the quota, ${quota} µs`);
  }
}

function checkRealtime(limits: CpuLimits, field: string): void {
  const runtime = microseconds(limits.realtimeRuntime, `${field}.realtimeRuntime`);
  const period = microseconds(limits.realtimePeriod, `${field}.realtimePeriod`);
  if (runtime === undefined || runtime === "max") return;
  if (period === undefined || period === "max") {
    throw invalid(`${field}.realtimeRuntime`, "of which period?", "Give cpu.realtimePeriod");
  }
  if (runtime > period) {
    throw invalid(`${field}.realtimeRuntime`, `${runtime} µs do not fit into ${period} µs`);
  }
}

function numbers(noun: string, of: keyof Machine & ("cpus" | "mems")): Check {
  return (value, field, machine) => {
    if (typeof value !== "string") {
      throw invalid(field, `${show(value)} is not a list like "0-2,4"`);
    }
    const wanted = parseCpuList(value, field);
    if (wanted.length === 0) throw invalid(field, `names no ${noun}`);
    const there = machine[of];
    const missing = formatCpuList(wanted.filter((number) => !there.includes(number)));
    if (missing === "") return;
    const has = formatCpuList(there);
    throw invalid(field, `${noun} ${missing} are not there; this machine has ${has}`);
  };
}
