import type { Controller } from "../controller.ts";

/** Lets `perf stat --for-each-cgroup` count a group's events; it has no files of its own. */
export const perfEvent: Controller = { name: "perf_event", fields: [] };
