import type { Controller } from "../controller.ts";
import { parseFlatKeyed } from "../parse/flat-keyed.ts";
import { present } from "../present.ts";
import type { PidsStat } from "../stat.ts";
import { limitOf, readNumber } from "./read-number.ts";
import { writer } from "./writer.ts";

const write = writer("pids");

/** How many processes and threads there may be: Documentation/admin-guide/cgroup-v1/pids.rst. */
export const pids: Controller = {
  name: "pids",
  fields: ["pids"],

  settings({ pids: limits }) {
    return limits === undefined ? [] : [write("pids.max", limits.limit, "pids.limit")];
  },

  limits(files) {
    const limit = files.read("pids.max");
    return limit === undefined ? {} : { pids: { limit: limitOf(limit) } };
  },

  stat: {
    pids(files): PidsStat | undefined {
      const current = readNumber(files, "pids.current");
      const limit = files.read("pids.max");
      // The root, which has no limit, has no number of its own either.
      if (current === undefined || limit === undefined) return undefined;
      return present<PidsStat>({
        current,
        peak: readNumber(files, "pids.peak"),
        limit: limitOf(limit),
        events: present<PidsStat["events"]>({
          max: parseFlatKeyed(files.read("pids.events") ?? "")["max"],
        }),
      });
    },
  },
};
