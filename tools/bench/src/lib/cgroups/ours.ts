import { createCgroup, type Cgroup } from "@x/cgroups";
import { each, type Contestant } from "./contestant.ts";
import type { Home } from "./home.ts";
import { limits } from "./limits.ts";

/** What all others are compared with. */
export const OURS = "@x/cgroups";

/** This package, the way its README shows it. */
export function ours(home: Home): Contestant {
  return {
    name: OURS,
    async round(pids) {
      const groups: Cgroup[] = [];
      const create = await each(pids, async () => {
        groups.push(await createCgroup(limits));
      });
      const move = await each(groups, (group, i) => group.add(pids[i]!));
      const stat = await each(groups, (group) => {
        group.stat();
      });
      home.take(pids);
      const del = await each(groups, (group) => group.delete());
      return { create, move, stat, delete: del };
    },
  };
}
