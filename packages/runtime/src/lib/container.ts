import type { Cgroup } from "@x/cgroups";
import type { Launched } from "@x/plan";
import type { Exit } from "@x/syscall";

/** A container at work. Disposing of it ends it, and leaves nothing. */
export interface Container extends Launched {
  /** Its control group, if it has one: to look at what it uses, to change limits, to freeze. */
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
export function containerIn(cgroup: Cgroup, launched: Launched): Container {
  return { ...withEnd(launched, endOf(cgroup, launched)), cgroup };
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

async function endOf(cgroup: Cgroup, { exited }: Launched): Promise<Ended> {
  try {
    const exit = await exited;
    return { ...exit, ...memoryOf(cgroup) };
  } finally {
    await cgroup[Symbol.asyncDispose]();
  }
}

/** What the group tells of memory; nothing when its owner has deleted it already. */
function memoryOf(cgroup: Cgroup): Pick<Ended, "oom" | "memoryLimit"> {
  try {
    const { memory } = cgroup.stat(["memory"]);
    const oom = (memory?.events.oomKill ?? 0) > 0;
    return typeof memory?.limit === "number" ? { oom, memoryLimit: memory.limit } : { oom };
  } catch (error) {
    if ((error as { code?: unknown }).code === "X_CGROUP_GONE") return { oom: false };
    throw error;
  }
}
