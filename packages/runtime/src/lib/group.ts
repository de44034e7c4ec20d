import { existsSync } from "node:fs";
import type { Cgroup, CreateOptions, Resources } from "@x/cgroups";
import { assertJoinable } from "@x/cgroups/steps";
import { SandboxError } from "./error.ts";
import type { Facts } from "./facts.ts";
import { limitsOf } from "./limits.ts";
import type { Sandbox } from "./sandbox.ts";

/** The control groups of one container. */
export interface ContainerGroups {
  /** Has the limits; no process of its own. */
  readonly limits: Cgroup;
  /**
   * Has the processes. It is the root of what the container sees: who makes a user namespace inside
   * may mount the hierarchy there and write its files, but not those of the group above.
   */
  readonly inside: Cgroup;
}

/** The name of the group inside the one with the limits. */
export const INSIDE = "inside";

/**
 * Makes the control groups of a container, with its limits in force; whoever gets them has to delete
 * them. Before the first one, groups are removed that programs have left which were killed.
 *
 * Throws `SandboxError` with the field for limits that make no sense, and `CgroupError` for those
 * that this machine cannot keep, with a hint. Nothing is left then.
 */
export async function makeGroups(sandbox: Sandbox, facts: Facts): Promise<ContainerGroups> {
  const limits = limitsOf(sandbox, facts);
  // Who sets no limits does not wait for this package to load.
  const { createCgroup, detect } = await import("@x/cgroups");
  try {
    await sweepOnce();
    const hierarchies = detect();
    const options: CreateOptions = { hierarchies, convert: true };
    const unified = hierarchies.all.find(({ version }) => version === 2);
    const program = limits.devices !== undefined && unified?.controllers.includes("devices");
    const cgroup = await createCgroup(limits, program ? await withProgram(options) : options);
    return await settled(cgroup, limits);
  } catch (error) {
    throw named(error);
  }
}

/** In a v2 tree the rules for devices are a program. */
async function withProgram(options: CreateOptions): Promise<CreateOptions> {
  const { devicePrograms } = await import("@x/cgroups/devices");
  return { ...options, devicePrograms };
}

let swept: Promise<void> | undefined;

function sweepOnce(): Promise<void> {
  swept ??= sweepNow();
  return swept;
}

/** A process that somebody else has left, and that does not die, is no reason not to start ours. */
async function sweepNow(): Promise<void> {
  const { sweep } = await import("@x/cgroups");
  try {
    await sweep();
  } catch (error) {
    swept = undefined;
    if ((error as { code?: unknown }).code !== "X_CGROUP_BUSY") throw error;
    process.emitWarning(error as Error);
  }
}

async function settled(cgroup: Cgroup, limits: Resources): Promise<ContainerGroups> {
  try {
    await limitMemoryWhole(cgroup, limits);
    const inside = await makeInside(cgroup, limits);
    assertJoinable(inside.directories);
    return { limits: cgroup, inside };
  } catch (error) {
    throw await abandon(cgroup, error);
  }
}

/** blkio of v1 throttles the processes of one group and not those below it. */
async function makeInside(cgroup: Cgroup, { blockIO }: Resources): Promise<Cgroup> {
  const { createCgroup } = await import("@x/cgroups");
  const again = blockIO !== undefined && cgroup.directoryOf("io")?.hierarchy.version === 1;
  return createCgroup(again ? { blockIO } : {}, { parent: cgroup, name: INSIDE, convert: true });
}

/** Deletes a group whose container cannot be; the error to throw, with what went wrong here. */
export async function abandon(cgroup: Cgroup, error: unknown): Promise<unknown> {
  try {
    await cgroup[Symbol.asyncDispose]();
    return error;
  } catch (failure) {
    const [first, second] = [error, failure].map((one) => (one as Error).message);
    return new AggregateError([error, failure], `${first}; its control group is left: ${second}`);
  }
}

/**
 * A limit on memory is one: what does not fit is not put into swap instead, unless the caller says
 * how much. Beyond it the container ends as a whole, where the kernel has that (v2), and not as
 * half of one. A kernel that does not account for swap leaves it to the machine.
 */
async function limitMemoryWhole(cgroup: Cgroup, { memory }: Resources): Promise<void> {
  const directory = cgroup.directoryOf("memory");
  if (directory === undefined || memory?.limit === undefined || memory.limit === "max") return;
  const { limit, swap, oomGroup } = memory;
  const isV2 = directory.hierarchy.version === 2;
  const swapFile = isV2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes";
  const noSwap = swap === undefined && existsSync(`${directory.path}/${swapFile}`);
  const whole = isV2 && oomGroup === undefined;
  if (!noSwap && !whole) return;
  await cgroup.update({
    memory: { limit, ...(noSwap ? { swap: limit } : {}), ...(whole ? { oomGroup: true } : {}) },
  });
}

/** A limit that makes no sense is a part of the description that makes none. */
function named(error: unknown): unknown {
  const { name, code, field } = error as { name?: string; code?: string; field?: string };
  if (name !== "CgroupError" || code !== "X_CGROUP_INVALID" || field === undefined) return error;
  const { message } = error as Error;
  return new SandboxError(`resources.${field}`, message.replace(`${field}: `, ""), error);
}
