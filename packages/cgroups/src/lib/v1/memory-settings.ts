import type { Setting, SettingContext } from "../controller.ts";
import type { MemoryLimits } from "../resources.ts";
import { bytesOf, type Limit } from "../units.ts";
import { kernelSettings } from "./memory-kernel.ts";
import { refuseNewerLimits } from "./memory-newer.ts";
import { sizeSettings } from "./memory-sizes.ts";
import { limitText } from "./read-number.ts";
import { writer } from "./writer.ts";

const write = writer("memory");

/** What to write for `Resources.memory`. */
export function memorySettings(limits: MemoryLimits, context: SettingContext): Setting[] {
  refuseNewerLimits(limits);
  const { swappiness, disableOOMKiller } = limits;
  const soft = softLimit(limits, context);
  return [
    ...sizeSettings(limits, context),
    ...(soft === undefined ? [] : [soft]),
    ...kernelSettings(limits, context),
    ...(swappiness === undefined
      ? []
      : [write("memory.swappiness", swappiness, "memory.swappiness")]),
    ...(disableOOMKiller === undefined
      ? []
      : [write("memory.oom_control", disableOOMKiller ? 1 : 0, "memory.disableOOMKiller")]),
  ];
}

/** With both given, `reservation` is for v1 and `low` for v2. */
function softLimit(
  { reservation, low }: MemoryLimits,
  context: SettingContext,
): Setting | undefined {
  const file = "memory.soft_limit_in_bytes";
  if (reservation !== undefined) {
    const bytes = bytesOf(reservation, "memory.reservation");
    return write(file, limitText(bytes), "memory.reservation");
  }
  if (low === undefined) return undefined;
  const bytes = bytesOf(low, "memory.low");
  const soft: Limit = bytes === 0 ? "max" : bytes;
  context.convert({
    field: "memory.low",
    from: `memory.low = ${bytes}`,
    to: `memory.reservation = ${soft}`,
    rule: 'the same number, 0 (no protection) being "max": reclaimed first above it, instead of last below it, and only while the whole machine is short',
  });
  return write(file, limitText(soft), "memory.low");
}
