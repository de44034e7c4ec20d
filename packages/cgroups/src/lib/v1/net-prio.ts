import type { Controller } from "../controller.ts";
import { parseFlatKeyed } from "../parse/flat-keyed.ts";
import { writer } from "./writer.ts";

const write = writer("net_prio");

/**
 * The priority of outgoing packets by network device, of the network namespace of whoever writes:
 * Documentation/admin-guide/cgroup-v1/net_prio.rst.
 */
export const netPrio: Controller = {
  name: "net_prio",
  fields: ["network.priorities"],

  settings({ network }) {
    return (network?.priorities ?? []).map(({ name, priority }, index) =>
      write("net_prio.ifpriomap", `${name} ${priority}`, `network.priorities[${index}]`),
    );
  },

  limits(files) {
    const text = files.read("net_prio.ifpriomap");
    if (text === undefined) return {};
    // Devices are listed whether they were given a priority or not.
    const priorities = Object.entries(parseFlatKeyed(text))
      .filter(([, priority]) => priority !== 0)
      .map(([name, priority]) => ({ name, priority }));
    return { network: { priorities } };
  },
};
