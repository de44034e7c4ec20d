import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { Cgroup } from "../cgroup.ts";
import { makeCgroup } from "../create.ts";
import { CgroupError } from "../error.ts";
import { openAll } from "../group/bindings.ts";
import { availableIn, neededFor } from "../group/needed.ts";
import { needsProgram } from "../group/put-in-force.ts";
import type { LimitOptions } from "../group/settings.ts";
import { untilTrue } from "../group/until-empty.ts";
import { writeFile } from "../group/write-file.ts";
import { detect } from "../hierarchy/detect.ts";
import { readMachine } from "../machine.ts";
import type { Resources } from "../resources.ts";
import { makeDirectory } from "../tree/directory.ts";
import { controllersAt, SELF } from "../tree/place.ts";
import { validate } from "../validate.ts";
import { adopt } from "./adopt.ts";
import { managerOf, placeOf, treeOf } from "./find-systemd.ts";
import { startPlaceholder } from "./placeholder.ts";
import { startUnit, stopUnit } from "./start-unit.ts";
import { scopeName, validateSlice } from "./unit-name.ts";

/** How a scope is made. */
export interface ScopeOptions extends LimitOptions {
  /** The unit's name without `.scope`, and the group's; `x-` and 32 random digits unless given. */
  readonly name?: string;
  /** The slice that it is in; systemd's choice unless given: `system.slice`, `app.slice`. */
  readonly slice?: string;
  /** Ask the systemd of this user, not the machine's; so for everyone but root unless given. */
  readonly user?: boolean;
  /** What `systemctl status` says that it is. */
  readonly description?: string;
  /** Gives up waiting for systemd, and leaves nothing. */
  readonly signal?: AbortSignal;
}

/**
 * Asks systemd for a transient scope with a delegated part of the tree, and makes a group with these
 * limits in it: what `createCgroup` does, where the tree is systemd's. The limits of the scope itself
 * stay systemd's. Deleting the group stops the scope; so does the end of this process, once nothing
 * runs in the group any more. A user's program that is outside of what its systemd may touch, as in
 * a login session, is moved into a scope of its own, without which it could move no process.
 *
 * @throws CgroupError as `createCgroup`, before anything is touched; `X_CGROUP_NO_SYSTEMD` with a
 *   hint where there is no systemd, or no session of this user; `X_CGROUP_EXISTS` for the name
 * @see systemd.scope(5), https://systemd.io/CGROUP_DELEGATION, org.freedesktop.systemd1(5)
 */
export async function createScope(
  resources: Resources = {},
  options: ScopeOptions = {},
): Promise<Cgroup> {
  validate(resources, readMachine());
  const { name = `x-${randomBytes(16).toString("hex")}`, slice, signal } = options;
  const unit = scopeName(name);
  if (slice !== undefined) validateSlice(slice);
  signal?.throwIfAborted();
  const hierarchies = detect();
  const manager = managerOf(options.user ?? process.geteuid!() !== 0);
  const hierarchy = treeOf(hierarchies);
  const place = await placeOf(manager, hierarchy, signal);
  const needed = neededFor(resources, availableIn([place]));
  if (needed.has("devices") && !options.devicePrograms) throw needsProgram();

  const placeholder = await startPlaceholder();
  const { pid } = placeholder;
  const { description = `Control group of process ${process.pid}` } = options;
  const end = async (): Promise<void> => {
    await stopUnit(manager, unit, pid).finally(() => placeholder.end());
  };
  try {
    const scope = { unit, pid, description, slice, delegate: true };
    const membership = await startUnit(manager, scope, signal);
    await adopt(manager, hierarchy, place, signal);
    const parent = scopeGroup(unit, membership, pid);
    const deleted = async (): Promise<void> => {
      await end();
      await untilTrue(() => !existsSync(parent.directories[0]!.path), {});
    };
    return makeCgroup(resources, name, { ...options, parent, deleted });
  } catch (error) {
    await end();
    throw error;
  }
}

/** The scope as a group: it has none but its own below it, so that it can hand controllers down. */
function scopeGroup(unit: string, membership: string, pid: number): Cgroup {
  const hierarchy = treeOf(detect(membership));
  const base = hierarchy.own;
  if (base === undefined) {
    throw new CgroupError("X_CGROUP_GONE", `${unit} is outside of what is mounted here`);
  }
  const path = `${hierarchy.mountpoint}${base}`;
  makeDirectory(`${path}/${SELF}`);
  writeFile(`${path}/${SELF}/cgroup.procs`, String(pid));
  const place = { hierarchy, base, controllers: controllersAt(hierarchy, base) };
  const directories = openAll([{ hierarchy, path }]);
  return new Cgroup({ path: "/", places: [place], directories, owned: false });
}
