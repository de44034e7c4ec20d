/**
 * Union mounts: read-only layers below, one writable layer on top.
 *
 * @packageDocumentation
 */
export { unionMountSteps, unionSourceSteps, unionSteps } from "./lib/overlay/union-steps.ts";
export { overlayFacts } from "./lib/overlay/facts.ts";
export type { OverlayFacts, TmpfsUpper, UnionLayers, UnionStepsOptions } from "./lib/union.ts";
export { UnionError } from "./lib/error.ts";
export type { UnionErrorCode, UnionErrorDetails } from "./lib/error.ts";
