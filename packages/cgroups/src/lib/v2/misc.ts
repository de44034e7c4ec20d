import type { Controller } from "../controller.ts";
import { CgroupError } from "../error.ts";
import { parseFlatKeyed, parseFlatLimits } from "../parse/flat-keyed.ts";
import type { MiscStat } from "../stat.ts";
import { present } from "../present.ts";

/**
 * What a driver counts that has no controller of its own, such as the keys of encrypted guests.
 * Source: "Misc" of Documentation/admin-guide/cgroup-v2.rst.
 */
export const misc: Controller = {
  name: "misc",
  fields: ["misc"],
  settings({ misc: limits }, { files }) {
    if (limits === undefined) return [];
    const known = Object.keys(parseFlatLimits(files.read("misc.max") ?? ""));
    return Object.entries(limits).map(([resource, limit]) => {
      const field = `misc.${resource}`;
      if (!known.includes(resource)) throw noResource(field, known);
      return { controller: "misc", file: "misc.max", value: `${resource} ${limit}`, field };
    });
  },
  limits(files) {
    const text = files.read("misc.max");
    return text === undefined ? {} : { misc: parseFlatLimits(text) };
  },
  stat: {
    misc(files) {
      const text = files.read("misc.current");
      if (text === undefined) return undefined;
      const limits = parseFlatLimits(files.read("misc.max") ?? "");
      const peaks = parseFlatKeyed(files.read("misc.peak") ?? "");
      const events = parseFlatKeyed(files.read("misc.events") ?? "");
      const resources: Record<string, MiscStat> = {};
      for (const [resource, current] of Object.entries(parseFlatKeyed(text))) {
        const max = events[`${resource}.max`];
        resources[resource] = present<MiscStat>({
          current,
          peak: peaks[resource],
          limit: limits[resource],
          events: max === undefined ? undefined : { max },
        });
      }
      return resources;
    },
  },
};

function noResource(field: string, known: readonly string[]): CgroupError {
  const there = known.length === 0 ? "nothing of the kind" : known.join(", ");
  return new CgroupError("X_CGROUP_UNSUPPORTED", `this machine has ${there}`, {
    field,
    hint: "The root group's misc.capacity lists what there is",
  });
}
