import { CgroupError } from "../error.ts";
import { bytesOf, type Size } from "../units.ts";
import { announce } from "./event-control.ts";
import {
  notifications,
  type Listener,
  type Notifications,
  type NotifyOptions,
} from "./notifications.ts";
import { readText } from "./read-text.ts";
import { memoryDirectoryOfV1, type NotifyingGroup } from "./source.ts";

/** The group's memory has crossed a threshold. */
export interface ThresholdNotification {
  readonly kind: "threshold";
  readonly bytes: number;
  /** Bytes in use just after. */
  readonly usage: number;
  /** Whether that is the threshold or more; it may have gone back meanwhile. */
  readonly above: boolean;
}

/**
 * Tells when the group's memory crosses a threshold, up or down, and at once when it is beyond it
 * already. The kernel looks every few hundred pages that are taken or given back, on each CPU, so
 * that a crossing is told late by up to half a megabyte for each. v1 alone has this.
 *
 * @throws CgroupError `X_CGROUP_UNSUPPORTED` on v2, `X_CGROUP_INVALID`, `X_CGROUP_NO_CONTROLLER`,
 *   `X_CGROUP_GONE`, or what the kernel said.
 */
export function threshold(
  group: NotifyingGroup,
  bytes: Size,
  options: NotifyOptions = {},
): Notifications<ThresholdNotification> {
  const least = bytesOf(bytes, "bytes");
  if (typeof least !== "number") {
    throw new CgroupError("X_CGROUP_INVALID", `${least} is no amount of memory`, {
      field: "bytes",
    });
  }
  const path = memoryDirectoryOfV1(
    group,
    "memory thresholds",
    'Set memory.high, beyond which processes are slowed down, and listen to events({ kinds: ["memoryHigh"] }) of the group',
  );
  return notifications(options, (listener) => {
    const look = (from: number): void => tell(path, least, from, listener);
    const announcer = { path, file: usageFile, argument: `${least}` };
    const registration = announce(announcer, () => look(0), listener.end);
    look(least);
    return registration;
  });
}

const usageFile = "memory.usage_in_bytes";

/** Tells the usage if it is `from` or more. */
function tell(
  path: string,
  bytes: number,
  from: number,
  listener: Listener<ThresholdNotification>,
): void {
  try {
    const text = readText(`${path}/${usageFile}`);
    if (text === undefined) return listener.end();
    const usage = Number(text);
    const above = usage >= bytes;
    if (usage >= from) listener.emit({ kind: "threshold", bytes, usage, above });
  } catch (error) {
    listener.fail(error);
  }
}
