/**
 * Linux namespaces: processes in new ones (`clone`) and in existing ones (`enter`), the calling
 * thread's own (`unshare`, `setns`), the id maps of user namespaces, and looking at all of them.
 * Each also as steps of a plan.
 *
 * ```ts
 * import { clone } from "@x/namespaces";
 *
 * const child = await clone(["sh", "-c", "hostname; id -u; echo $$"], {
 *   namespaces: ["user", "uts", "pid"],
 *   hostname: "box",
 *   stdio: "inherit",
 * });
 * console.log(await child.exited);
 * ```
 *
 * @packageDocumentation
 */
export { allKinds, cloneFlags, namespaceKinds } from "./lib/kinds.ts";
export type { NamespaceKind, NamespaceKindFacts } from "./lib/kinds.ts";
export { clone } from "./lib/clone.ts";
export type { CloneOptions } from "./lib/clone.ts";
export { enter } from "./lib/enter.ts";
export type { EnterOptions } from "./lib/enter.ts";
export type { NamespacedProcess } from "./lib/process.ts";
export type { NamespaceTarget } from "./lib/target.ts";
export type { Command, Environment } from "./lib/command.ts";
export { unshare, unshareSteps } from "./lib/unshare.ts";
export type { UnshareOptions } from "./lib/unshare.ts";
export { setns } from "./lib/setns.ts";
export { cloneSteps } from "./lib/clone-steps.ts";
export type { CloneStepsOptions } from "./lib/clone-steps.ts";
export type { NewNamespaces, Propagation, UserMaps } from "./lib/new-namespaces.ts";
export { enterSteps } from "./lib/enter-steps.ts";
export type { EnterStepsOptions, Join } from "./lib/enter-steps.ts";
export { ownIdMapSteps, writeIdMapSteps } from "./lib/id-map-steps.ts";
export type { IdMaps, OwnIdMap } from "./lib/id-map-steps.ts";
export { idMapWriters } from "./lib/id-map-writers.ts";
export type { IdMapWriters } from "./lib/id-map-writers.ts";
export { identity } from "./lib/identity.ts";
export type { Identity } from "./lib/identity.ts";
export { validateIdMappings } from "./lib/id-map.ts";
export type { IdMapping } from "./lib/id-map.ts";
export { readIdMaps, verifyIdMaps } from "./lib/id-map-check.ts";
export { rootlessIdMappings, subordinateIds } from "./lib/subordinate-ids.ts";
export type { IdRange, SubordinateIds } from "./lib/subordinate-ids.ts";
export { writeByHelper } from "./lib/id-helpers.ts";
export { timeOffsetSteps, validateTimeOffsets } from "./lib/time-offsets.ts";
export type { TimeOffset, TimeOffsets } from "./lib/time-offsets.ts";
export { namespacesOf, sameNamespace } from "./lib/namespaces-of.ts";
export type { NamespaceId, ProcessId } from "./lib/namespaces-of.ts";
export { listNamespaces } from "./lib/list-namespaces.ts";
export type { ListedNamespace } from "./lib/list-namespaces.ts";
export { keep, keepSteps, letGo } from "./lib/keep.ts";
export { NamespaceError } from "./lib/error.ts";
export type { NamespaceErrorCode, NamespaceErrorDetails } from "./lib/error.ts";
