import type { Setting, SettingContext } from "../controller.ts";
import { rules, weightOfShares } from "../conversion.ts";
import { CgroupError } from "../error.ts";
import type { CpuLimits } from "../resources.ts";
import { requireFile } from "./unsupported.ts";

/**
 * A weight, or what stands for shares (the weight wins when both are given: each version takes its
 * own), and idleness. An idle group has no weight, and the kernel refuses one
 * (sched_group_set_shares); one that ceases to be idle has the default.
 */
export function weightSettings(limits: CpuLimits, context: SettingContext): Setting[] {
  const { files, fresh } = context;
  const weight = wantedWeight(limits, context);
  const asked = limits.idle === undefined ? undefined : Boolean(limits.idle);
  if (weight === undefined && asked === undefined) return [];
  const isIdle = !fresh && files.read("cpu.idle") === "1";
  if (isIdle && asked === undefined) {
    throw new CgroupError("X_CGROUP_INVALID", "the group is idle and has no weight", {
      field: weight?.field ?? "cpu.idle",
      hint: "Give cpu.idle: false with it",
    });
  }
  if (asked === true) {
    requireFile(files, "cpu.idle", "cpu.idle", "Linux 5.15 has it first; cpu.weight: 1 is near");
  }
  const one = { controller: "cpu", file: "cpu.idle", field: "cpu.idle" } as const;
  return [
    ...(isIdle && asked === false ? [{ ...one, value: "0" }] : []),
    ...(weight === undefined || (isIdle && asked === true) ? [] : [weight]),
    ...(asked === true ? [{ ...one, value: "1" }] : []),
  ];
}

function wantedWeight({ shares, weight }: CpuLimits, context: SettingContext): Setting | undefined {
  const to = { controller: "cpu", file: "cpu.weight" } as const;
  if (weight !== undefined) return { ...to, value: `${weight}`, field: "cpu.weight" };
  if (shares === undefined) return undefined;
  const value = `${weightOfShares(shares)}`;
  context.convert({
    field: "cpu.shares",
    from: `cpu.shares = ${shares}`,
    to: `cpu.weight = ${value}`,
    rule: rules.sharesToWeight,
  });
  return { ...to, value, field: "cpu.shares" };
}
