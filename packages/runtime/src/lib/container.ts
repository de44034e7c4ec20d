import type { Cgroup } from "@x/cgroups";
import type { Launched } from "@x/plan";
import type { Exit } from "@x/syscall";
import type { ContainerGroups } from "./group.ts";

/** A container at work. Disposing of it ends it, and leaves nothing. */
export interface Container extends Launched {
  /**
   * Its control group, if it has one: to look at what it uses, to change limits, to freeze. Its
   * processes are in a group below it, which is the root of what they see.
   */
  readonly cgroup?: Cgroup;
  /** How it ended. By then its control group, if it had one, has been deleted. */
  readonly ended: Promise<Ended>;
}

/** How a container ended. */
export interface Ended extends Exit {
  /** The kernel killed a process of it for want of memory. */
  readonly oom: boolean;
  /** The limit on its memory in bytes, if it had one. */
  readonly memoryLimit?: number;
}

/** A container without a control group. */
export function containerOf(launched: Launched): Container {
  const ended = launched.exited.then((exit) => ({ ...exit, oom: false }));
  return withEnd(launched, ended);
}

/**
 * A container with a control group, which goes when the container does. Whatever still runs in the
 * group then has escaped from nothing: it is killed.
 */
export function containerIn(groups: ContainerGroups, launched: Launched): Container {
  return { ...withEnd(launched, endOf(groups, launched)), cgroup: groups.limits };
}

function withEnd(launched: Launched, ended: Promise<Ended>): Container {
  // Who does not ask how it ended is not told what went wrong then, either.
  ended.catch(() => {});
  return {
    ...launched,
    ended,
    async [Symbol.asyncDispose]() {
      await launched[Symbol.asyncDispose]();
      await ended;
    },
  };
}

async function endOf(groups: ContainerGroups, { exited }: Launched): Promise<Ended> {
  try {
    const exit = await exited;
    return { ...exit, ...memoryOf(groups) };
  } finally {
    await groups.limits.kill();
    await groups.inside.delete();
    await groups.limits.delete();
  }
}

/** What the group tells of memory; nothing when its owner has deleted it already. */
function memoryOf({ limits, inside }: ContainerGroups): Pick<Ended, "oom" | "memoryLimit"> {
  try {
    const { memory } = limits.stat(["memory"]);
    // v1 counts a kill for the victim's own group alone, v2 for those above it as well.
    const oom = [memory, inside.stat(["memory"]).memory].some(
      (one) => (one?.events.oomKill ?? 0) > 0,
    );
    return typeof memory?.limit === "number" ? { oom, memoryLimit: memory.limit } : { oom };
  } catch (error) {
    if ((error as { code?: unknown }).code === "X_CGROUP_GONE") return { oom: false };
    throw error;
  }
}
