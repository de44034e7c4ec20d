import { closeSync, constants, openSync, writeSync } from "node:fs";
import { onPriority } from "@x/syscall";
import { CgroupError } from "../error.ts";
import { errnoOf, kernelError } from "../group/kernel-error.ts";
import { parseNestedKeyed } from "../parse/nested-keyed.ts";
import type { PressureShare } from "../stat.ts";
import {
  notifications,
  type Listener,
  type Notifications,
  type NotifyOptions,
  type Registration,
} from "./notifications.ts";
import {
  checkTrigger,
  remedyFor,
  type CheckedTrigger,
  type PressureTrigger,
} from "./pressure-trigger.ts";
import { readText } from "./read-text.ts";
import { present, type NotifyingGroup } from "./source.ts";

/** The group's processes have waited as long as asked for. */
export interface PressureNotification {
  readonly kind: "pressure";
  readonly resource: PressureTrigger["resource"];
  /** What the group's pressure file says now. */
  readonly share: PressureShare;
}

/**
 * Tells when the processes of the group have waited `stall` within `window` for a resource, at most
 * once a window: a trigger of pressure stall information, which a v2 tree has in any group, on a
 * hybrid host too. Source: "Monitoring for pressure thresholds" of
 * Documentation/accounting/psi.rst.
 *
 * @throws CgroupError `X_CGROUP_INVALID` with the field, `X_CGROUP_UNSUPPORTED` without a v2 tree or
 *   where the kernel has no pressure, `X_CGROUP_GONE`, or what the kernel said.
 */
export function pressure(
  group: NotifyingGroup,
  trigger: PressureTrigger,
  options: NotifyOptions = {},
): Notifications<PressureNotification> {
  const checked = checkTrigger(trigger);
  if (group.unifiedDirectory === undefined) {
    throw new CgroupError("X_CGROUP_UNSUPPORTED", "only a v2 tree tells of pressure by group", {
      hint: "Mount one beside v1, it needs no controllers: mount -t cgroup2 none /sys/fs/cgroup/unified",
    });
  }
  const { path } = present(group.unifiedDirectory);
  return notifications(options, (listener) => listen(path, checked, listener));
}

function listen(
  path: string,
  trigger: CheckedTrigger,
  listener: Listener<PressureNotification>,
): Registration {
  const file = `${path}/${trigger.resource}.pressure`;
  const fd = openTrigger(file, trigger);
  const readiness = onPriority(fd, () => {
    try {
      const share = readShare(file, trigger);
      if (share === undefined) listener.end();
      else listener.emit({ kind: "pressure", resource: trigger.resource, share });
    } catch (error) {
      listener.fail(error);
    }
  });
  return {
    ref: readiness.ref,
    unref: readiness.unref,
    close: () => {
      readiness.close();
      closeSync(fd);
    },
  };
}

/** The trigger lives as long as the descriptor. */
function openTrigger(file: string, trigger: CheckedTrigger): number {
  const { kind, stall, window } = trigger;
  let fd = -1;
  try {
    fd = openSync(file, constants.O_RDWR | constants.O_NONBLOCK);
    writeSync(fd, `${kind} ${stall} ${window}`);
    return fd;
  } catch (error) {
    if (fd !== -1) closeSync(fd);
    const code = errnoOf(error);
    if (code === "ENOENT") throw noPressure(file);
    throw kernelError(
      `${file} takes no trigger "${kind} ${stall} ${window}"`,
      error,
      undefined,
      remedyFor(code, trigger),
    );
  }
}

function noPressure(file: string): CgroupError {
  return new CgroupError("X_CGROUP_UNSUPPORTED", `there is no ${file}`, {
    hint: "The kernel was built without CONFIG_PSI, or cgroup.pressure of the group is 0",
  });
}

function readShare(file: string, { kind }: CheckedTrigger): PressureShare | undefined {
  const text = readText(file);
  if (text === undefined) return undefined;
  const { avg10 = 0, avg60 = 0, avg300 = 0, total = 0 } = parseNestedKeyed(text)[kind] ?? {};
  return { avg10, avg60, avg300, totalUsec: total };
}
