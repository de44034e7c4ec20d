/**
 * A container is a list of system calls. This package writes that list as plain data and reads it
 * in three ways: `explain` prints it, `perform` does it now, `compile` makes a static executable
 * of it that `launch` runs.
 *
 * ```ts
 * import { exec, exitAs, fork, launch, result, step } from "@x/plan";
 * import { CLONE_NEWPID, CLONE_NEWUTS } from "@x/syscall";
 *
 * const box = await launch([
 *   fork({ flags: CLONE_NEWPID | CLONE_NEWUTS }, [
 *     step("sethostname", ["box", 3], { why: "a name of its own" }),
 *     exec(["/bin/sh"], ["sh", "-c", "hostname; echo $$"], []),
 *   ], { as: "pid" }),
 *   exitAs(result("pid")),
 * ], { stdio: "inherit" });
 * await box.exited;
 * ```
 *
 * @packageDocumentation
 */
export {
  afterChannel,
  byArch,
  channel,
  load,
  memory,
  result,
  struct,
  strings,
  text,
} from "./lib/value.ts";
export type {
  AfterChannel,
  ByArch,
  Channel,
  FieldValue,
  Load,
  Memory,
  Result,
  Strings,
  Struct,
  Text,
  Value,
} from "./lib/value.ts";
export { answer, exec, exitAs, fork, reap, report, step } from "./lib/step.ts";
export type {
  Answer,
  Call,
  CallOptions,
  Exec,
  ExitAs,
  Fork,
  Plan,
  Reap,
  Report,
  Step,
  StepOptions,
} from "./lib/step.ts";
export { explain, explainLines } from "./lib/explain.ts";
export type { ExplainLine, ExplainOptions } from "./lib/explain.ts";
export { perform } from "./lib/perform.ts";
export { compile } from "./lib/compile/compile.ts";
export type { CompileOptions } from "./lib/compile/compile.ts";
export type { Inject } from "./lib/compile/lower.ts";
export { launch } from "./lib/launch/launch.ts";
export type { Launched, LaunchOptions } from "./lib/launch/launch.ts";
export type { Stdio, StdioTarget } from "./lib/launch/stdio.ts";
export type { Timing } from "./lib/launch/timing.ts";
export { InvalidPlanError, PlanError } from "./lib/error.ts";
export type { PlanErrorDetails } from "./lib/error.ts";
