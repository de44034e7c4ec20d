/**
 * Union mounts: read-only layers below, one writable layer on top, in one directory.
 *
 * ```ts
 * import { mountUnion } from "@x/unionfs";
 *
 * await using union = await mountUnion({
 *   lower: ["/layers/app", "/layers/debian"],
 *   upper: "/box/changes",
 *   target: "/box/root",
 * });
 * for await (const { kind, path } of union.changes()) console.log(kind, path);
 * ```
 *
 * @packageDocumentation
 */
export { mountUnion } from "./lib/mount-union.ts";
export type { UnionOptions } from "./lib/mount-union.ts";
export type { Union } from "./lib/union-handle.ts";
export type { TmpfsUpper, UnionLayers } from "./lib/union.ts";
export { chooseDriver } from "./lib/choose-driver.ts";
export type { DriverChoice } from "./lib/choose-driver.ts";
export type { DriverName } from "./lib/drivers/driver.ts";
export type { IdMap, IdMapping } from "./lib/id-map.ts";
export { sweepUnions } from "./lib/sweep.ts";
export type { SweepOptions, SweptUnion } from "./lib/sweep.ts";

export { unionMountSteps, unionSourceSteps, unionSteps } from "./lib/overlay/union-steps.ts";
export type { OverlayFacts, UnionStepsOptions } from "./lib/union.ts";
export { overlayFacts } from "./lib/overlay/facts.ts";

export { changes } from "./lib/changes/changes.ts";
export type { ChangesOptions } from "./lib/changes/changes.ts";
export type { Change } from "./lib/changes/change.ts";
export { readMark, writeMark } from "./lib/marks/mark.ts";
export type { Mark, MarkConvention, MarkedEntry } from "./lib/marks/mark.ts";
export { readThrough } from "./lib/read-through.ts";

export { UnionError } from "./lib/error.ts";
export type { UnionErrorCode, UnionErrorDetails } from "./lib/error.ts";
