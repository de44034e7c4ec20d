import { CgroupError } from "../error.ts";
import { announce } from "./event-control.ts";
import { notifications, type Notifications, type NotifyOptions } from "./notifications.ts";
import { memoryDirectoryOfV1, type NotifyingGroup } from "./source.ts";

const levels = ["low", "medium", "critical"] as const;
const modes = ["default", "hierarchy", "local"] as const;

/**
 * How hard it is to find memory: `low` when any is reclaimed, `medium` when much of it is in use or
 * swapped out, `critical` when the group is about to be out of memory.
 */
export type MemoryPressureLevel = (typeof levels)[number];

/**
 * Whose pressure it is about: of the group and, unless somebody listens there, of those below it
 * (`default`), of all of them in any case (`hierarchy`), or of the group alone (`local`).
 */
export type MemoryPressureMode = (typeof modes)[number];

/** Memory of the group is being reclaimed, at least as hard as asked for. */
export interface MemoryPressureNotification {
  readonly kind: "memoryPressure";
  /** The level that was asked for. */
  readonly level: MemoryPressureLevel;
}

/**
 * Tells when the kernel reclaims memory of the group, if it is at least this hard: v1's
 * `memory.pressure_level`. v1 alone has this; `pressure` is for v2 trees.
 *
 * @throws CgroupError `X_CGROUP_UNSUPPORTED` on v2, `X_CGROUP_INVALID`, `X_CGROUP_NO_CONTROLLER`,
 *   `X_CGROUP_GONE`, or what the kernel said.
 */
export function memoryPressureLevel(
  group: NotifyingGroup,
  level: MemoryPressureLevel,
  options: NotifyOptions & { readonly mode?: MemoryPressureMode } = {},
): Notifications<MemoryPressureNotification> {
  const { mode = "default" } = options;
  oneOf(level, levels, "level");
  oneOf(mode, modes, "mode");
  const path = memoryDirectoryOfV1(
    group,
    "levels of memory pressure",
    'Listen to pressure(group, { resource: "memory", … }) instead',
  );
  const announcer = { path, file: "memory.pressure_level", argument: `${level},${mode}` };
  return notifications(options, ({ emit, end }) =>
    announce(announcer, () => emit({ kind: "memoryPressure", level }), end),
  );
}

function oneOf(value: string, known: readonly string[], field: string): void {
  if (known.includes(value)) return;
  const message = `${JSON.stringify(value)} is none of ${known.join(", ")}`;
  throw new CgroupError("X_CGROUP_INVALID", message, { field });
}
