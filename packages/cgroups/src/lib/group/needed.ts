import { readFileSync } from "node:fs";
import type { ControllerName } from "../controller.ts";
import { CgroupError } from "../error.ts";
import type { Resources } from "../resources.ts";
import type { Place } from "../tree/place.ts";
import { tables } from "./bindings.ts";
import { errnoOf } from "./kernel-error.ts";

/** Fields of `Resources` that are several limits; the others are one. */
const groups: ReadonlySet<string> = new Set(["cpu", "memory", "blockIO", "network"]);

/** Every limit that a description speaks of: `cpu.quota`, `pids`, `unified`. */
function fieldsOf(resources: Resources): string[] {
  return Object.entries(resources).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (!groups.has(name)) return [name];
    const inner = Object.entries(value as object).filter(([, limit]) => limit !== undefined);
    return inner.map(([key]) => `${name}.${key}`);
  });
}

/** A controller that is there, and in which version. */
export type Available = ReadonlyMap<ControllerName, 1 | 2>;

const available = new WeakMap<readonly Place[], Available>();

/** What groups can be held to in these places. */
export function availableIn(places: readonly Place[]): Available {
  const known = available.get(places);
  if (known !== undefined) return known;
  const found = new Map(
    places.flatMap(({ hierarchy: { version }, controllers }) =>
      controllers.map((name) => [name, version] as const),
    ),
  );
  available.set(places, found);
  return found;
}

/**
 * The controllers that a description needs. Throws `X_CGROUP_NO_CONTROLLER` with the field when one
 * of them is not there, and says how to get it.
 */
export function neededFor(resources: Resources, available: Available): Set<ControllerName> {
  const needed = new Set<ControllerName>();
  for (const field of fieldsOf(resources)) {
    if (field === "unified") continue;
    needed.add(controllerFor(field, available));
  }
  return needed;
}

/** Which controller has which field, by what there is: asked for every group that is made. */
const found = new WeakMap<Available, Map<string, ControllerName>>();

function controllerFor(field: string, available: Available): ControllerName {
  const known = found.get(available) ?? new Map<string, ControllerName>();
  found.set(available, known);
  const name = known.get(field) ?? findController(field, available);
  known.set(field, name);
  return name;
}

function findController(field: string, available: Available): ControllerName {
  for (const [name, version] of available) if (isOf(name, version, field)) return name;
  const name = somewhere(field) ?? ("?" as ControllerName);
  throw new CgroupError("X_CGROUP_NO_CONTROLLER", `the controller ${name} is not here`, {
    field,
    hint: howToGet(name, available),
  });
}

function isOf(name: ControllerName, version: 1 | 2, field: string): boolean {
  const top = field.split(".")[0]!;
  const fields = tables[version].get(name)?.fields;
  return fields !== undefined && (fields.includes(field) || fields.includes(top));
}

function somewhere(field: string): ControllerName | undefined {
  for (const version of [2, 1] as const) {
    const name = [...tables[version].keys()].find((one) => isOf(one, version, field));
    if (name !== undefined) return name;
  }
  return undefined;
}

function howToGet(name: ControllerName, available: Available): string {
  const inV1 = name === "io" ? "blkio" : name;
  if (!isInKernel(inV1)) {
    return `This kernel was built without it, or it was switched off with cgroup_disable= (see /proc/cgroups)`;
  }
  const instead = insteadInV2[name];
  const mount = `Mount it: mkdir -p /sys/fs/cgroup/${inV1} && mount -t cgroup -o ${inV1} none /sys/fs/cgroup/${inV1}`;
  if (instead !== undefined) return `v2 has none: ${instead}. ${mount}`;
  return [...available.values()].includes(1)
    ? mount
    : `It was not handed down to this part of the tree: as its owner, write +${name} to cgroup.subtree_control of the groups above; with systemd, a drop-in for user@.service with Delegate=${name}`;
}

/** What only v1 has, and what does its work in a v2 tree; v1 can be mounted beside it. */
const insteadInV2: { readonly [name in ControllerName]?: string } = {
  net_cls: `nft tells packets apart by their group, socket cgroupv2 level 1 "GROUP"`,
  net_prio: "nft sets priorities by group, socket cgroupv2 with meta priority set",
};

function isInKernel(name: string): boolean {
  try {
    return new RegExp(`^${name}\\t.*\\t1$`, "m").test(readFileSync("/proc/cgroups", "latin1"));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return true; // a kernel without v1 has no such list
    throw error;
  }
}
