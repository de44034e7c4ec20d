/**
 * Steps for a plan of `@x/plan` that put a new process into its groups before it does anything
 * else.
 *
 * ```ts
 * import { exec, fork, reap, result } from "@x/plan";
 * import { cgroupNamespace, join } from "@x/cgroups/steps";
 *
 * const child = [...join(group.directories), cgroupNamespace(), exec(["/bin/sh"], ["sh"], [])];
 * const plan = [fork({}, child, { as: "shell" }), reap(result("shell"))];
 * ```
 *
 * @packageDocumentation
 */
export { join } from "./lib/steps/join.ts";
export type { GroupStepOptions } from "./lib/steps/join.ts";
export { into } from "./lib/steps/into.ts";
export type { IntoGroup } from "./lib/steps/into.ts";
export { cgroupNamespace } from "./lib/steps/cgroup-namespace.ts";
export { assertJoinable } from "./lib/steps/joinable.ts";
