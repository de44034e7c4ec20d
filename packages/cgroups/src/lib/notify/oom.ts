import { notifications, type Notifications, type NotifyOptions } from "./notifications.ts";
import { listenToOomOfV1 } from "./oom-v1.ts";
import { listenToOomOfV2 } from "./oom-v2.ts";
import { memoryDirectory, type NotifyingGroup } from "./source.ts";

/** The group was out of memory. */
export interface OomNotification {
  readonly kind: "oom";
  /**
   * Processes killed for it since the group was made: those of this very group on v1, those of the
   * groups below as well on v2. Where it has not grown, memory ran out without a kill.
   */
  readonly oomKill: number;
  /** v1: processes are waiting for memory now (`memory.disableOOMKiller`). */
  readonly underOom?: boolean;
}

/** What is known of already. */
export interface OomOptions extends NotifyOptions {
  /**
   * Kills that the caller has heard of. Unless given, none: those between the group's making and this
   * call are the first thing that is told.
   */
  readonly since?: number;
}

/**
 * Tells when the group runs out of memory, on v1 by an `eventfd(2)` (in groups below one that is out
 * of memory too), on v2 by inotify(7) of `memory.events`. Several times in quick succession may be
 * told as one. Listens from this call on until the loop is left, `signal` aborts or the group is
 * deleted; counts from before are compared first, so that nothing is lost that came earlier.
 *
 * @throws CgroupError `X_CGROUP_NO_CONTROLLER`, `X_CGROUP_GONE`, or what the kernel said.
 */
export function oom(
  group: NotifyingGroup,
  options: OomOptions = {},
): Notifications<OomNotification> {
  const { hierarchy, path } = memoryDirectory(group);
  const listen = hierarchy.version === 1 ? listenToOomOfV1 : listenToOomOfV2;
  return notifications(options, (listener) => listen(path, options.since, listener));
}
