import type { Setting, SettingContext } from "../controller.ts";
import { rules, sharesOfWeight } from "../conversion.ts";
import type { CpuLimits } from "../resources.ts";
import { invalid, requireFile } from "./refusal.ts";
import { writer } from "./writer.ts";

const write = writer("cpu");

/**
 * Shares, or what stands for a weight (shares win when both are given: each version takes its own),
 * and idleness. The kernel refuses shares while a group is idle and forgets them when it becomes so.
 */
export function shareSettings(limits: CpuLimits, context: SettingContext): Setting[] {
  const settings: Setting[] = [];
  const idle = limits.idle === undefined ? undefined : Boolean(limits.idle);
  const shares = wantedShares(limits, context);
  const isIdle = isIdleNow(idle, shares, context);

  if (idle === false && isIdle) settings.push(write("cpu.idle", 0, "cpu.idle"));
  if (shares !== undefined && !(isIdle && idle === true)) {
    if (isIdle && idle === undefined) {
      throw invalid(
        shares.field,
        "the group is idle: it runs only when nothing else wants to",
        "Give cpu.idle = false with it",
      );
    }
    settings.push(write("cpu.shares", shares.value, shares.field));
  }
  if (idle === true) {
    requireFile(context, "cpu.idle", "cpu.idle", "It came with Linux 5.15; cpu.shares = 2 is near");
    settings.push(write("cpu.idle", 1, "cpu.idle"));
  }
  return settings;
}

interface Wanted {
  readonly value: number;
  readonly field: string;
}

function wantedShares({ shares, weight }: CpuLimits, context: SettingContext): Wanted | undefined {
  if (shares !== undefined) return { value: shares, field: "cpu.shares" };
  if (weight === undefined) return undefined;
  const value = sharesOfWeight(weight);
  context.convert({
    field: "cpu.weight",
    from: `cpu.weight = ${weight}`,
    to: `cpu.shares = ${value}`,
    rule: rules.weightToShares,
  });
  return { value, field: "cpu.weight" };
}

function isIdleNow(
  idle: boolean | undefined,
  shares: Wanted | undefined,
  { files, fresh }: SettingContext,
): boolean {
  if (fresh || (idle === undefined && shares === undefined)) return false;
  return files.read("cpu.idle") === "1";
}
