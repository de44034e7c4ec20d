import type { Controller } from "../controller.ts";

/** Every group of v2 can be frozen (`cgroup.freeze`); whether it is, `core` tells. */
export const freezer: Controller = { name: "freezer", fields: [] };
