/**
 * The package that composes: a container from a short description or an image, as a plan, a running
 * process, or an executable of its own. The command `x` is here, too.
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
export type {
  BindMount,
  Device,
  DirectoryRoot,
  Mount,
  Root,
  Sandbox,
  TmpfsMount,
  UnionRoot,
  User,
} from "./lib/sandbox.ts";
export type { CapabilityName } from "./lib/plan/capabilities.ts";

// Containers of images, which stay in the store of `@x/image` until they are deleted.
export { containerChanges } from "./lib/containers/changes.ts";
export { checkSystem } from "./lib/containers/check.ts";
export type { SystemFinding } from "./lib/containers/check.ts";
export { commitContainer } from "./lib/containers/commit.ts";
export type { CommitContainerOptions } from "./lib/containers/commit.ts";
export type { ContainerOptions } from "./lib/containers/container-options.ts";
export { createContainer } from "./lib/containers/create.ts";
export type { CreatedContainer, HowItEnded } from "./lib/containers/create.ts";
export { deleteContainer } from "./lib/containers/delete.ts";
export { ContainerError } from "./lib/containers/error.ts";
export type { ContainerErrorCode } from "./lib/containers/error.ts";
export { exportContainer, exportImage } from "./lib/containers/export.ts";
export type { ExportOptions } from "./lib/containers/export.ts";
export { findContainer, listContainers } from "./lib/containers/list.ts";
export type { ListedContainer } from "./lib/containers/list.ts";
export type { ContainerRecord } from "./lib/containers/record.ts";
export { collect } from "./lib/image/collect.ts";
export type { CommandOverrides } from "./lib/image/command.ts";
export { findImage } from "./lib/image/find.ts";
export type { FoundImage } from "./lib/image/find.ts";
export { runImage } from "./lib/run-image.ts";
export type { ImageRunResult, RunImageOptions } from "./lib/run-image.ts";
