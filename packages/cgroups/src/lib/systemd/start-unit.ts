import { readFileSync } from "node:fs";
import { CgroupError } from "../error.ts";
import { errnoOf } from "../group/kernel-error.ts";
import { untilTrue } from "../group/until-empty.ts";
import { call, Refused, type Manager } from "./bus.ts";
import { noSystemd } from "./no-systemd.ts";

/** A transient scope as systemd is to make it, around a process that is there. */
export interface ScopeUnit {
  /** With `.scope` at its end. */
  readonly unit: string;
  readonly pid: number;
  readonly description: string;
  readonly slice?: string | undefined;
  /** Groups in it are not systemd's. */
  readonly delegate: boolean;
}

/**
 * Starts a transient scope; resolves with the text of the process's `/proc/PID/cgroup` when it is in
 * it.
 *
 * @throws CgroupError `X_CGROUP_EXISTS` with the field `name`; `X_CGROUP_KERNEL` for whatever else
 *   systemd does not like; `X_CGROUP_NO_SYSTEMD` when it does not answer
 * @see org.freedesktop.systemd1(5), `StartTransientUnit`
 */
export async function startUnit(
  manager: Manager,
  scope: ScopeUnit,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { unit, pid } = scope;
  await order(manager, scope, signal);
  const options = { timeoutMs: 10_000, ...(signal === undefined ? {} : { signal }) };
  if (await untilTrue(() => isIn(unit, pid), options)) return membershipOf(pid);
  throw noSystemd(manager, `it took the order for ${unit}, and did not start it within 10 s`);
}

/** Stops a scope if the process is in it: another's of the same name is left alone. */
export async function stopUnit(manager: Manager, unit: string, pid: number): Promise<void> {
  if (!isIn(unit, pid)) return;
  try {
    await call(manager, "StopUnit", ["ss", unit, "replace"]);
  } catch (error) {
    // Its last process has ended in the meantime, and it with that: "Unit … not loaded".
    if (!(error instanceof Refused)) throw error;
  }
}

async function order(
  manager: Manager,
  { unit, pid, description, slice, delegate }: ScopeUnit,
  signal: AbortSignal | undefined,
): Promise<void> {
  const properties = [
    ["Description", "s", description],
    ["PIDs", "au", "1", String(pid)],
    ["Delegate", "b", String(delegate)],
    ["CollectMode", "s", "inactive-or-failed"],
    ...(slice === undefined ? [] : [["Slice", "s", slice]]),
  ];
  const count = String(properties.length);
  const args = ["ssa(sv)a(sa(sv))", unit, "fail", count, ...properties.flat(), "0"];
  try {
    await call(manager, "StartTransientUnit", args, signal);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const exists = /already (exists|loaded)/.test(error.message);
    throw new CgroupError(
      exists ? "X_CGROUP_EXISTS" : "X_CGROUP_KERNEL",
      `systemd refused to start ${unit}: ${error.message}`,
      { cause: error, ...(exists ? { field: "name" } : {}) },
    );
  }
}

function isIn(unit: string, pid: number): boolean {
  const lines = membershipOf(pid).trimEnd().split("\n");
  return lines.some((line) => line.startsWith("0::") && line.split("/").includes(unit));
}

/** Empty when the process is gone. */
function membershipOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, "utf8");
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT" || code === "ESRCH") return "";
    throw error;
  }
}
