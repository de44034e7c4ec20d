/**
 * Union mounts: read-only layers below, one writable layer on top.
 *
 * @packageDocumentation
 */
export { unionMountSteps, unionSourceSteps, unionSteps } from "./lib/overlay/union-steps.ts";
export { overlayFacts } from "./lib/overlay/facts.ts";
export type { OverlayFacts, TmpfsUpper, UnionLayers, UnionStepsOptions } from "./lib/union.ts";
export { changes } from "./lib/changes/changes.ts";
export type { ChangesOptions } from "./lib/changes/changes.ts";
export type { Change } from "./lib/changes/change.ts";
export { readMark, writeMark } from "./lib/marks/mark.ts";
export type { Mark, MarkConvention, MarkedEntry } from "./lib/marks/mark.ts";
export { readThrough } from "./lib/read-through.ts";
export { UnionError } from "./lib/error.ts";
export type { UnionErrorCode, UnionErrorDetails } from "./lib/error.ts";
