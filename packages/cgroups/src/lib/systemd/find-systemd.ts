import { existsSync } from "node:fs";
import { CgroupError } from "../error.ts";
import type { Hierarchies, Hierarchy } from "../hierarchy/hierarchy.ts";
import { controllersAt, type Place } from "../tree/place.ts";
import { property, type Manager } from "./bus.ts";
import { noSystemd } from "./no-systemd.ts";

/**
 * The systemd to ask, if there is one: looks without asking anybody. Throws `X_CGROUP_NO_SYSTEMD`.
 *
 * @see sd_booted(3)
 */
export function managerOf(user: boolean): Manager {
  if (!existsSync("/run/systemd/system")) {
    throw noSystemd({ user }, "it was not booted with systemd (no /run/systemd/system)");
  }
  const env = { ...process.env, LC_ALL: "C" };
  if (!user || process.env["DBUS_SESSION_BUS_ADDRESS"] || process.env["XDG_RUNTIME_DIR"]) {
    return { user, env };
  }
  // Programs that were not started from the session have it all the same.
  const folder = `/run/user/${process.geteuid!()}`;
  if (existsSync(`${folder}/bus`)) {
    // An empty address would be taken for one.
    const found = { XDG_RUNTIME_DIR: folder, DBUS_SESSION_BUS_ADDRESS: undefined };
    return { user, env: { ...env, ...found } };
  }
  throw noSystemd({ user }, `there is no ${folder}/bus, and XDG_RUNTIME_DIR is not set`);
}

/** The v2 tree, which alone systemd delegates. Throws `X_CGROUP_UNSUPPORTED`. */
export function treeOf({ mode, all }: Hierarchies): Hierarchy {
  const unified = all.find(({ version }) => version === 2);
  if (mode === "v2" && unified !== undefined) return unified;
  throw new CgroupError(
    "X_CGROUP_UNSUPPORTED",
    `systemd delegates v2 alone, and control groups are ${mode} here`,
    {
      hint: "createCgroup makes groups in every hierarchy; systemd.unified_cgroup_hierarchy=1 boots with v2",
    },
  );
}

/**
 * Where the groups of a manager's scopes begin, to see beforehand what they can be held to. Asks the
 * manager; throws `X_CGROUP_NO_SYSTEMD` when it does not answer.
 */
export async function placeOf(
  manager: Manager,
  hierarchy: Hierarchy,
  signal: AbortSignal | undefined,
): Promise<Place> {
  const path = await property(manager, "ControlGroup", signal);
  const base = existsSync(`${hierarchy.mountpoint}${path}/cgroup.controllers`) ? path : "";
  return { hierarchy, base, controllers: controllersAt(hierarchy, base) };
}
