/**
 * What a group announces through system calls alone: needs `@x/syscall`, and with it koffi.
 *
 * @packageDocumentation
 */
export { memoryPressureLevel } from "./lib/notify/memory-pressure-level.ts";
export type {
  MemoryPressureLevel,
  MemoryPressureMode,
  MemoryPressureNotification,
} from "./lib/notify/memory-pressure-level.ts";
export type { Notifications, NotifyOptions } from "./lib/notify/notifications.ts";
export { oom } from "./lib/notify/oom.ts";
export type { OomNotification, OomOptions } from "./lib/notify/oom.ts";
export { pressure } from "./lib/notify/pressure.ts";
export type { PressureNotification } from "./lib/notify/pressure.ts";
export type { PressureTrigger } from "./lib/notify/pressure-trigger.ts";
export type { NotifyingGroup } from "./lib/notify/source.ts";
export { threshold } from "./lib/notify/threshold.ts";
export type { ThresholdNotification } from "./lib/notify/threshold.ts";
