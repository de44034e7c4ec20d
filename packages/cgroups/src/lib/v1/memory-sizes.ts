import type { Setting, SettingContext } from "../controller.ts";
import type { MemoryLimits } from "../resources.ts";
import { bytesOf, sizeText, type Limit, type Size } from "../units.ts";
import { limitText, readBytes, readNumber } from "./read-number.ts";
import { invalid, requireFile } from "./refusal.ts";
import { writer } from "./writer.ts";

const write = writer("memory");
const limitFile = "memory.limit_in_bytes";
const swapFile = "memory.memsw.limit_in_bytes";
const swapHint = "It needs CONFIG_SWAP, and no swapaccount=0 at boot";

/** What is in force; `swap` is missing where swap is not counted. */
interface Sizes {
  readonly limit: Limit;
  readonly swap: Limit | undefined;
}

/**
 * The limit of memory and that of memory and swap together, in the order in which the first never
 * exceeds the second: the kernel refuses anything else (mm/memcontrol-v1.c). When only the limit is
 * given, as much swap stays allowed as before, which is what v2 does.
 */
export function sizeSettings(limits: MemoryLimits, context: SettingContext): Setting[] {
  const limit = sizeOf(limits.limit, "memory.limit");
  const swap = sizeOf(limits.swap, "memory.swap");
  if (limit === undefined && swap === undefined) return [];
  const before = sizesBefore(swap, context);
  if (limits.checkBeforeUpdate === true && !context.fresh) checkUsage(limit, swap, context);
  if (swap !== undefined) checkSwap(swap, limit ?? before.limit, before, context);

  const limitWrites =
    limit === undefined ? [] : [write(limitFile, limitText(limit), "memory.limit")];
  const both = swap ?? (limit === undefined ? undefined : withSameSwap(limit, before));
  if (both === undefined || before.swap === undefined) return limitWrites;
  const field = swap === undefined ? "memory.limit" : "memory.swap";
  const swapWrite = write(swapFile, limitText(both), field);
  return order(both) >= order(before.swap)
    ? [swapWrite, ...limitWrites]
    : [...limitWrites, swapWrite];
}

function sizesBefore(swap: Limit | undefined, { files, fresh }: SettingContext): Sizes {
  // A fresh group has no limits; whether swap is counted matters only to who limits it.
  if (fresh && swap === undefined) return { limit: "max", swap: undefined };
  return { limit: readBytes(files, limitFile) ?? "max", swap: readBytes(files, swapFile) };
}

function checkSwap(swap: Limit, limit: Limit, before: Sizes, context: SettingContext): void {
  if (swap === "max") return;
  if (before.swap === undefined) requireFile(context, swapFile, "memory.swap", swapHint);
  if (limit === "max") {
    throw invalid(
      "memory.swap",
      "the group has no limit of memory to count it on",
      "Give memory.limit: swap counts memory and swap together",
    );
  }
  if (swap < limit) {
    throw invalid(
      "memory.swap",
      `${sizeText(swap)} are less than the limit, ${sizeText(limit)}`,
      "It counts memory and swap together; the same as the limit means no swap",
    );
  }
}

function withSameSwap(limit: Limit, before: Sizes): Limit | undefined {
  if (typeof before.swap !== "number" || typeof before.limit !== "number") return undefined;
  return limit === "max" ? limit : limit + before.swap - before.limit;
}

function checkUsage(
  limit: Limit | undefined,
  swap: Limit | undefined,
  { files }: SettingContext,
): void {
  for (const [field, wanted, file] of [
    ["memory.limit", limit, "memory.usage_in_bytes"],
    ["memory.swap", swap, "memory.memsw.usage_in_bytes"],
  ] as const) {
    if (typeof wanted !== "number") continue;
    const used = readNumber(files, file) ?? 0;
    if (wanted >= used) continue;
    throw invalid(
      field,
      `${sizeText(wanted)} are less than the ${sizeText(used)} in use`,
      "Without memory.checkBeforeUpdate the kernel reclaims, and refuses when it cannot",
    );
  }
}

function sizeOf(size: Size | "max" | undefined, field: string): Limit | undefined {
  return size === undefined ? undefined : bytesOf(size, field);
}

function order(limit: Limit): number {
  return limit === "max" ? Number.POSITIVE_INFINITY : limit;
}
