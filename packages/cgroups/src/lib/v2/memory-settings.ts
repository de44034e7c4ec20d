import type { Setting, SettingContext } from "../controller.ts";
import { CgroupError } from "../error.ts";
import type { MemoryLimits, Resources } from "../resources.ts";
import { bytesOf, sizeText, type Limit } from "../units.ts";
import { limitIn, numberIn } from "./file-value.ts";
import { requireFile, unsupported } from "./unsupported.ts";

/** What to write for `Resources.memory`. What v2 does anyway is taken; what it cannot is refused. */
export function memorySettings({ memory = {} }: Resources, context: SettingContext): Setting[] {
  refuse(memory);
  const limit = bytesIn(memory, "limit");
  const swap = bytesIn(memory, "swap");
  if (memory.checkBeforeUpdate === true) checkUsage(limit, swap, context);
  return [
    ...protections(memory, context),
    ...plain("high", "memory.high", memory),
    ...(limit === undefined ? [] : [setting("memory.max", `${limit}`, "memory.limit")]),
    ...swapSetting(limit, swap, context),
    ...oomGroup(memory, context),
  ];
}

function refuse({ swappiness, kernel, kernelTCP, disableOOMKiller }: MemoryLimits): void {
  if (swappiness !== undefined) {
    throw unsupported(
      "memory.swappiness",
      "swappiness by group",
      "Limit the swap with memory.swap; vm.swappiness (sysctl) is for the whole machine",
    );
  }
  if (kernel !== undefined && kernel !== "max") {
    throw unsupported("memory.kernel", "limit for kernel memory alone", counted);
  }
  if (kernelTCP !== undefined && kernelTCP !== "max") {
    throw unsupported("memory.kernelTCP", "limit for TCP buffers alone", counted);
  }
  if (disableOOMKiller === true) {
    throw unsupported(
      "memory.disableOOMKiller",
      "group without the OOM killer",
      "memory.high slows processes down and kills none",
    );
  }
}

const counted = "memory.limit counts it with everything else";

/** With both given, `reservation` is for v1 and `low` for v2. */
function protections(memory: MemoryLimits, context: SettingContext): Setting[] {
  const settings = [...plain("min", "memory.min", memory), ...plain("low", "memory.low", memory)];
  const reservation = bytesIn(memory, "reservation");
  if (reservation === undefined || memory.low !== undefined) return settings;
  const low = reservation === "max" ? 0 : reservation;
  context.convert({
    field: "memory.reservation",
    from: `memory.reservation = ${reservation}`,
    to: `memory.low = ${low}`,
    rule: 'the same number, "max" (no soft limit) being 0: reclaimed last below it, instead of first above it',
  });
  return [...settings, setting("memory.low", `${low}`, "memory.reservation")];
}

/** `memory.swap.max` is swap alone, where OCI counts memory in. */
function swapSetting(
  limit: Limit | undefined,
  swap: Limit | undefined,
  { files, fresh }: SettingContext,
): Setting[] {
  if (swap === undefined) return [];
  const file = "memory.swap.max";
  if (swap === "max") {
    // Where swap is not counted it is not limited either.
    return files.read(file) === undefined ? [] : [setting(file, "max", "memory.swap")];
  }
  const memory = limit ?? (fresh ? "max" : limitIn(files, "memory.max")) ?? "max";
  if (memory === "max") {
    throw new CgroupError("X_CGROUP_INVALID", "the group has no limit of memory to count it on", {
      field: "memory.swap",
      hint: "Give memory.limit: swap counts memory and swap together",
    });
  }
  if (swap < memory) {
    const [both, alone] = [sizeText(swap), sizeText(memory)];
    throw new CgroupError("X_CGROUP_INVALID", `${both} are less than the limit, ${alone}`, {
      field: "memory.swap",
      hint: "It counts memory and swap together; the same as the limit means no swap",
    });
  }
  requireFile(files, file, "memory.swap", "It needs CONFIG_SWAP, and no swapaccount=0 at boot");
  return [setting(file, `${swap - memory}`, "memory.swap")];
}

function oomGroup({ oomGroup: all }: MemoryLimits, { files }: SettingContext): Setting[] {
  if (all === undefined) return [];
  requireFile(files, "memory.oom.group", "memory.oomGroup", "Linux 4.19 has it first");
  return [setting("memory.oom.group", all ? "1" : "0", "memory.oomGroup")];
}

function checkUsage(
  limit: Limit | undefined,
  swap: Limit | undefined,
  context: SettingContext,
): void {
  const memory = numberIn(context.files, "memory.current") ?? 0;
  const both = memory + (numberIn(context.files, "memory.swap.current") ?? 0);
  for (const [field, wanted, used] of [
    ["memory.limit", limit, memory],
    ["memory.swap", swap, both],
  ] as const) {
    if (typeof wanted !== "number" || wanted >= used) continue;
    throw new CgroupError(
      "X_CGROUP_INVALID",
      `${sizeText(wanted)} are less than the ${sizeText(used)} in use`,
      { field, hint: "Without memory.checkBeforeUpdate the kernel reclaims, and then kills" },
    );
  }
}

function plain(field: keyof MemoryLimits, file: string, memory: MemoryLimits): Setting[] {
  const value = bytesIn(memory, field);
  return value === undefined ? [] : [setting(file, `${value}`, `memory.${field}`)];
}

function bytesIn(memory: MemoryLimits, field: keyof MemoryLimits): Limit | undefined {
  const value = memory[field];
  return value === undefined || typeof value === "boolean"
    ? undefined
    : bytesOf(value, `memory.${field}`);
}

function setting(file: string, value: string, field: string): Setting {
  return { controller: "memory", file, value, field };
}
