import type { Controller } from "../controller.ts";
import { parseFlatKeyed, parseFlatLimits } from "../parse/flat-keyed.ts";
import { present } from "../present.ts";
import type { MiscStat } from "../stat.ts";
import { writer } from "./writer.ts";

const write = writer("misc");

/**
 * Things of which there is a small number, as keys for encrypted memory:
 * Documentation/admin-guide/cgroup-v1/misc.rst.
 */
export const misc: Controller = {
  name: "misc",
  fields: ["misc"],

  settings({ misc: limits = {} }) {
    return Object.entries(limits).map(([name, limit]) =>
      write("misc.max", `${name} ${limit}`, `misc.${name}`),
    );
  },

  limits(files) {
    const text = files.read("misc.max");
    return text === undefined ? {} : { misc: parseFlatLimits(text) };
  },

  stat: {
    misc(files): Record<string, MiscStat> | undefined {
      const text = files.read("misc.current");
      if (text === undefined) return undefined;
      const limits = parseFlatLimits(files.read("misc.max") ?? "");
      const peaks = parseFlatKeyed(files.read("misc.peak") ?? "");
      const events = parseFlatKeyed(files.read("misc.events") ?? "");
      return Object.fromEntries(
        Object.entries(parseFlatKeyed(text)).map(([name, current]) => {
          const max = events[`${name}.max`];
          return [
            name,
            present<MiscStat>({
              current,
              peak: peaks[name],
              limit: limits[name],
              events: max === undefined ? undefined : { max },
            }),
          ];
        }),
      );
    },
  },
};
