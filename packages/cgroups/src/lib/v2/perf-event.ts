import type { Controller } from "../controller.ts";

/** perf(1) counts events by group: membership is all there is. Always enabled on v2. */
export const perfEvent: Controller = { name: "perf_event", fields: [] };
