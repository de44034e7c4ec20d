import type { Controller, Files } from "../controller.ts";
import { parseFlatKeyed } from "../parse/flat-keyed.ts";
import { parseNestedKeyed } from "../parse/nested-keyed.ts";
import type { CpuStat, GroupStat, Pressure, PressureShare, PressureStall } from "../stat.ts";
import { present } from "../present.ts";

/**
 * What every group of a v2 tree has, whatever controllers there are. `cpu.stat` is among it; with
 * the cpu controller it has a few lines more. Source: "Core Interface Files" of
 * Documentation/admin-guide/cgroup-v2.rst, Documentation/accounting/psi.rst.
 */
export const core: Core = {
  name: "core",
  stat: {
    cpu(files) {
      const text = files.read("cpu.stat");
      return text === undefined ? undefined : cpuStat(parseFlatKeyed(text));
    },
    cgroup(files) {
      const text = files.read("cgroup.events");
      // The root group has none, and is what it is.
      if (text === undefined) return undefined;
      const events = parseFlatKeyed(text);
      const counts = parseFlatKeyed(files.read("cgroup.stat") ?? "");
      return present<GroupStat>({
        populated: events["populated"] === 1,
        frozen: events["frozen"] === 1,
        descendants: counts["nr_descendants"],
        dyingDescendants: counts["nr_dying_descendants"],
      });
    },
    pressure(files) {
      return present<Pressure>({
        cpu: stall(files, "cpu.pressure"),
        memory: stall(files, "memory.pressure"),
        io: stall(files, "io.pressure"),
        irq: stall(files, "irq.pressure"),
      });
    },
  },
};

/** Shaped as a {@link Controller}; the kernel has no such. */
export interface Core {
  readonly name: "core";
  readonly stat: NonNullable<Controller["stat"]>;
}

function cpuStat(raw: Readonly<Record<string, number>>): CpuStat {
  return present<CpuStat>({
    usageUsec: raw["usage_usec"],
    userUsec: raw["user_usec"],
    systemUsec: raw["system_usec"],
    niceUsec: raw["nice_usec"],
    nrPeriods: raw["nr_periods"],
    nrThrottled: raw["nr_throttled"],
    throttledUsec: raw["throttled_usec"],
    nrBursts: raw["nr_bursts"],
    burstUsec: raw["burst_usec"],
  });
}

/** Undefined when the kernel keeps no such account: no CONFIG_PSI, psi=0, cgroup.pressure 0. */
function stall(files: Files, file: string): PressureStall | undefined {
  const text = files.read(file);
  if (text === undefined) return undefined;
  const { some, full } = parseNestedKeyed(text);
  return present<PressureStall>({ some: some && share(some), full: full && share(full) });
}

function share(raw: Readonly<Record<string, number>>): PressureShare {
  return {
    avg10: raw["avg10"] ?? 0,
    avg60: raw["avg60"] ?? 0,
    avg300: raw["avg300"] ?? 0,
    totalUsec: raw["total"] ?? 0,
  };
}
