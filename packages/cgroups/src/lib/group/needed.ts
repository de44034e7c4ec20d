import { readFileSync } from "node:fs";
import type { ControllerName } from "../controller.ts";
import { CgroupError } from "../error.ts";
import type { Resources } from "../resources.ts";
import { tables } from "./bindings.ts";

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
  const [name = "?" as ControllerName, version = 2] = somewhere(field) ?? [];
  throw new CgroupError("X_CGROUP_NO_CONTROLLER", `the controller ${name} is not here`, {
    field,
    hint: howToGet(name, version, available),
  });
}

function isOf(name: ControllerName, version: 1 | 2, field: string): boolean {
  const top = field.split(".")[0]!;
  const fields = tables[version].get(name)?.fields;
  return fields !== undefined && (fields.includes(field) || fields.includes(top));
}

function somewhere(field: string): [ControllerName, 1 | 2] | undefined {
  for (const version of [2, 1] as const) {
    const name = [...tables[version].keys()].find((one) => isOf(one, version, field));
    if (name !== undefined) return [name, version];
  }
  return undefined;
}

function howToGet(name: ControllerName, version: 1 | 2, available: Available): string {
  const kernel = name === "io" && version === 1 ? "blkio" : name;
  if (!isInKernel(kernel) && !isInKernel(name === "io" ? "blkio" : name)) {
    return `This kernel was built without it, or it was switched off with cgroup_disable= (see /proc/cgroups)`;
  }
  const instead = insteadInV2[name];
  const mount = `Mount it: mkdir -p /sys/fs/cgroup/${kernel} && mount -t cgroup -o ${kernel} none /sys/fs/cgroup/${kernel}`;
  if (instead !== undefined) return `v2 has none: ${instead}. ${mount}`;
  return [...available.values()].includes(1)
    ? mount
    : `It was not handed down to this part of the tree: as its owner, write +${kernel} to cgroup.subtree_control of the groups above; with systemd, a drop-in for user@.service with Delegate=${kernel}`;
}

/** What only v1 has, and what does its work in a v2 tree; v1 can be mounted beside it. */
const insteadInV2: { readonly [name in ControllerName]?: string } = {
  net_cls: `nft tells packets apart by their group, socket cgroupv2 level 1 "GROUP"`,
  net_prio: "nft sets priorities by group, socket cgroupv2 with meta priority set",
};

function isInKernel(name: string): boolean {
  try {
    return new RegExp(`^${name}\\t.*\\t1$`, "m").test(readFileSync("/proc/cgroups", "latin1"));
  } catch {
    return true; // a kernel without v1 has no such list
  }
}
