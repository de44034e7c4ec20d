/**
 * The package that composes: a container from a short description, as a plan, a running process,
 * or an executable of its own. The command `x` is here, too.
 *
 * ```ts
 * import { run } from "@x/runtime";
 *
 * const { stdout } = await run({ root: "host", args: ["sh", "-c", "echo $$; hostname"] });
 * console.log(stdout); // 1, x
 * ```
 *
 * @packageDocumentation
 */
export { executableOf, planOf, run, standalonePlanOf, start } from "./lib/start.ts";
export type { PlanContext, RunResult, StartOptions } from "./lib/start.ts";
export type { Container, Ended } from "./lib/container.ts";
export { plan } from "./lib/plan/container.ts";
export type { PlanOptions } from "./lib/plan/container.ts";
export { learn } from "./lib/learn.ts";
export { validate } from "./lib/validate.ts";
export { SandboxError } from "./lib/error.ts";
export type { DeviceNode, Entry, Facts } from "./lib/facts.ts";
export type { BindMount, Device, Mount, Root, Sandbox, TmpfsMount, User } from "./lib/sandbox.ts";
export type { CapabilityName } from "./lib/plan/capabilities.ts";
