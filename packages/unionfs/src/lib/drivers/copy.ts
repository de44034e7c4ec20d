import { MOUNT_ATTR_RDONLY } from "@x/syscall";
import { clear, fill } from "../copy/fill.ts";
import { copyMount, memoryFor, withAttributes } from "../copy/mounts.ts";
import { attach, attachPlan } from "../mounts/attach.ts";
import { ownerOfThis } from "../mounts/owner.ts";
import { unmount } from "../mounts/unmount.ts";
import { stackOf } from "../validate.ts";
import type { Driver, Mounted, UnionRequest } from "./driver.ts";

/** No union at all: the layers are copied. */
export const copy: Driver = {
  name: "copy",
  praise: "copying the layers always works",
  refusal: async () => undefined,
  mount: mountCopy,
};

/**
 * The copy is the target directory itself, or memory mounted there. With an `upper` the two change
 * places when the union ends, and again when it is made the next time, in one step of the kernel's.
 * Attributes, and a union that is only read, need a mount of that directory over itself.
 */
async function mountCopy(request: UnionRequest): Promise<Mounted> {
  const { target, tmpfs, idmap, signal } = request;
  const stack = stackOf(request);
  const upper = stack.upper?.upper;
  const writable = upper !== undefined || tmpfs !== undefined;
  const attributes = request.attributes | (writable ? 0 : MOUNT_ATTR_RDONLY);
  /** What was done last is undone first. */
  const undo: ((lazy: boolean) => void)[] = [];
  const mounts = async (steps: Parameters<typeof attachPlan>[2]): Promise<void> => {
    await attach(attachPlan(target, copyMount, steps, { aside: false }));
    undo.unshift((lazy) => unmount(target, { lazy }));
  };
  const end = (lazy: boolean): void => {
    for (let one; (one = undo[0]) !== undefined; undo.shift()) one(lazy);
  };
  try {
    if (tmpfs !== undefined) {
      await mounts(memoryFor(tmpfs, { source: ownerOfThis(), attributes: request.attributes }));
    }
    const notices = await fill({ target, upper, lower: stack.lower, idmap, signal });
    if (tmpfs === undefined) {
      undo.unshift(() => clear({ target, upper }));
      if (attributes !== 0) await mounts(withAttributes(target, attributes));
    }
    return {
      upper: writable ? target : undefined,
      notices,
      unmount: async ({ lazy }) => end(lazy),
    };
  } catch (error) {
    end(true);
    throw error;
  }
}
