import type { Controller } from "../controller.ts";

/**
 * Stops all processes of a group and lets them go on: an act (`freeze()`, `thaw()`), not a limit.
 * Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst.
 */
export const freezer: Controller = { name: "freezer", fields: [] };
