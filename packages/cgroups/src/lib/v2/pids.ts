import type { Controller } from "../controller.ts";
import { parseFlatKeyed } from "../parse/flat-keyed.ts";
import { present } from "../present.ts";
import { limitIn, numberIn } from "./file-value.ts";
import type { PidsStat } from "../stat.ts";

/** Processes and threads. Source: "PID" of Documentation/admin-guide/cgroup-v2.rst. */
export const pids: Controller = {
  name: "pids",
  fields: ["pids"],
  settings({ pids: limits }) {
    if (limits === undefined) return [];
    const { limit } = limits;
    return [{ controller: "pids", file: "pids.max", value: `${limit}`, field: "pids.limit" }];
  },
  limits(files) {
    const limit = limitIn(files, "pids.max");
    return limit === undefined ? {} : { pids: { limit } };
  },
  stat: {
    pids(files) {
      const current = numberIn(files, "pids.current");
      if (current === undefined) return undefined;
      const { max } = parseFlatKeyed(files.read("pids.events") ?? "");
      return present<PidsStat>({
        current,
        peak: numberIn(files, "pids.peak"),
        limit: limitIn(files, "pids.max") ?? "max",
        events: max === undefined ? {} : { max },
      });
    },
  },
};
