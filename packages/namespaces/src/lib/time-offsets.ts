import { result, step, type Step } from "@x/plan";
import { AT_FDCWD, CLONE_NEWTIME, O_CLOEXEC, O_RDONLY, O_WRONLY } from "@x/syscall";
import { NamespaceError } from "./error.ts";

/** What is added to a clock; `nanosecs` counts forward even when `secs` is negative. */
export interface TimeOffset {
  readonly secs?: number;
  readonly nanosecs?: number;
}

/** Offsets of the clocks that a time namespace has for itself, named as the OCI names them. */
export interface TimeOffsets {
  /** CLOCK_MONOTONIC */
  readonly monotonic?: TimeOffset;
  /** CLOCK_BOOTTIME, which is also what `/proc/uptime` shows. */
  readonly boottime?: TimeOffset;
}

const clocks = ["monotonic", "boottime"] as const;
const NANOSECONDS = 1_000_000_000;

/**
 * The calling process, which has one thread, moves into a new time namespace with offsets. They
 * stand for good once somebody is in it, and unsharing is for children alone; so they are written
 * before the process joins what it has unshared.
 *
 * Needs CAP_SYS_TIME in the user namespace. Throws `NamespaceError` (`X_NAMESPACE_INVALID`).
 * Source: time_namespaces(7).
 */
export function timeOffsetSteps(offsets: TimeOffsets): Step[] {
  validateTimeOffsets(offsets);
  const lines = formatTimeOffsets(offsets);
  const field = "timeOffsets";
  const file = result("timens_offsets file");
  const namespace = result("time namespace");
  const open = (path: string, flags: number, as: string): Step =>
    step("openat", [AT_FDCWD, path, flags | O_CLOEXEC], { as, field });
  return [
    step("unshare", [CLONE_NEWTIME], { why: "a time namespace nobody is in yet", field }),
    open("/proc/self/timens_offsets", O_WRONLY, file.result),
    step("write", [file, lines, lines.length], {
      expect: lines.length,
      why: "how far its clocks are ahead",
      field,
    }),
    step("close", [file]),
    open("/proc/self/ns/time_for_children", O_RDONLY, namespace.result),
    step("setns", [namespace, CLONE_NEWTIME], { why: "and now the process is in it", field }),
    step("close", [namespace]),
  ];
}

/**
 * Refuses offsets that are no numbers the kernel could read: throws `NamespaceError` with the
 * `field`, `timeOffsets.boottime.nanosecs`. A clock below zero is the kernel's ERANGE.
 */
export function validateTimeOffsets(offsets: TimeOffsets, field = "timeOffsets"): void {
  for (const [clock, offset] of Object.entries(offsets)) {
    const at = `${field}.${clock}`;
    if (!clocks.some((known) => known === clock)) fail(at, `no clock but ${clocks.join(" and ")}`);
    const { secs = 0, nanosecs = 0 } = (offset ?? {}) as TimeOffset;
    if (!Number.isSafeInteger(secs)) fail(`${at}.secs`, `${secs} is no whole number of seconds`);
    if (!Number.isInteger(nanosecs) || nanosecs < 0 || nanosecs >= NANOSECONDS) {
      fail(`${at}.nanosecs`, `${nanosecs} is not from 0 to ${NANOSECONDS - 1}`);
    }
  }
  if (formatTimeOffsets(offsets) === "") fail(field, "no clock has an offset");
}

/** The text for `/proc/PID/timens_offsets`. */
function formatTimeOffsets(offsets: TimeOffsets): string {
  return clocks
    .filter((clock) => offsets[clock] !== undefined)
    .map((clock) => `${clock} ${offsets[clock]?.secs ?? 0} ${offsets[clock]?.nanosecs ?? 0}\n`)
    .join("");
}

function fail(field: string, message: string): never {
  throw new NamespaceError("X_NAMESPACE_INVALID", message, { field });
}
