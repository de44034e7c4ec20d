import type { Controller } from "../controller.ts";
import { parseFlatKeyed, parseFlatLimits } from "../parse/flat-keyed.ts";
import type { DmemLimits } from "../resources.ts";
import type { DmemStat } from "../stat.ts";
import { bytesOf, type Limit } from "../units.ts";

/** Files and the fields they set; protection before the limit, as for memory. */
const files = [
  ["min", "dmem.min"],
  ["low", "dmem.low"],
  ["max", "dmem.max"],
] as const;

/** The memory of devices, GPUs above all. Source: "DMEM" of Documentation/admin-guide/cgroup-v2.rst. */
export const dmem: Controller = {
  name: "dmem",
  fields: ["dmem"],
  settings({ dmem: regions = {} }) {
    return Object.entries(regions).flatMap(([region, limits]) =>
      files.flatMap(([key, file]) => {
        const value = limits[key];
        const field = `dmem[${JSON.stringify(region)}].${key}`;
        return value === undefined
          ? []
          : [{ controller: "dmem", file, value: `${region} ${bytesOf(value, field)}`, field }];
      }),
    );
  },
  limits(group) {
    const regions: Record<string, { -readonly [K in keyof DmemLimits]: Limit }> = {};
    for (const [key, file] of files) {
      for (const [region, limit] of Object.entries(parseFlatLimits(group.read(file) ?? ""))) {
        (regions[region] ??= {})[key] = limit;
      }
    }
    return Object.keys(regions).length === 0 ? {} : { dmem: regions as Record<string, DmemLimits> };
  },
  stat: {
    dmem(group) {
      const text = group.read("dmem.current");
      if (text === undefined) return undefined;
      const regions: Record<string, DmemStat> = {};
      for (const [region, current] of Object.entries(parseFlatKeyed(text))) {
        regions[region] = { current };
      }
      return regions;
    },
  },
};
