import { randomBytes } from "node:crypto";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import type { Place } from "../tree/place.ts";
import type { Manager } from "./bus.ts";
import { startUnit } from "./start-unit.ts";

/**
 * Moves this process into a scope of its own among those of its user, unless it is there: the kernel
 * lets a user move processes only within what is theirs, and a login session is not. It stays there,
 * and what it starts can be put into groups.
 *
 * @see Documentation/admin-guide/cgroup-v2.rst, "Delegation Containment"
 */
export async function adopt(
  manager: Manager,
  { own }: Hierarchy,
  { base }: Place,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!manager.user || own?.startsWith(`${base}/`)) return;
  const { pid } = process;
  const scope = {
    unit: `x-program-${pid}-${randomBytes(4).toString("hex")}.scope`,
    pid,
    description: `Program ${process.title} (${pid})`,
    delegate: false,
  };
  await startUnit(manager, scope, signal);
}
