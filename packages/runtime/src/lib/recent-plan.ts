import type { Plan } from "@x/plan";
import type { Facts } from "./facts.ts";
import { plan } from "./plan/container.ts";
import type { Sandbox } from "./sandbox.ts";

const MAX_PLANS = 16;
/** A description with megabytes of arguments is not worth being kept. */
const MAX_CHARACTERS = 16_384;

/** The plans made last, the latest at the end, each by what it was made of. */
const recent = new Map<string, Plan>();

/**
 * The plan of a container. The same container is often started again and again: then it is the
 * very same plan, which `launch` has compiled already. A plan depends on nothing but its
 * description and the facts, and both are plain data.
 */
export function recentPlan(sandbox: Sandbox, facts: Facts): Plan {
  const key = JSON.stringify([sandbox, facts]);
  const made = recent.get(key) ?? plan(sandbox, facts);
  recent.delete(key);
  if (key.length <= MAX_CHARACTERS) recent.set(key, made);
  const [oldest] = recent.keys();
  if (recent.size > MAX_PLANS) recent.delete(oldest!);
  return made;
}
