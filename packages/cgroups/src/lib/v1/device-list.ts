import { unsupported } from "./refusal.ts";
import type { DeviceRule } from "../resources.ts";

/** Letters of an access as the kernel orders them. */
const letters = "rwm";

/** What a v1 group knows of devices: all or none, and exceptions (security/device_cgroup.c). */
export interface DeviceList {
  readonly allow: boolean;
  readonly exceptions: readonly DeviceException[];
  /** The rule that decided `allow`. */
  readonly field: string;
}

/** One exception. A missing number is any. */
export interface DeviceException {
  readonly type: "b" | "c";
  readonly major: number | undefined;
  readonly minor: number | undefined;
  readonly access: string;
  readonly field: string;
}

/**
 * The list that follows from rules of which the last that fits decides, where none fits as in
 * `start`. Throws `X_CGROUP_UNSUPPORTED` with the field for a rule that takes back a part of an
 * earlier one (all of `8:*`, but not `8:1`): v1 would take the line and do nothing.
 */
export function applyRules(start: DeviceList, rules: readonly DeviceRule[]): DeviceList {
  let list = start;
  for (const [index, rule] of rules.entries()) {
    const field = `devices[${index}]`;
    if (isForAll(rule)) {
      list = { allow: rule.allow, exceptions: [], field };
      continue;
    }
    for (const one of exceptionsOf(rule, field)) {
      const exceptions =
        rule.allow === list.allow
          ? without(list.exceptions, one, rule.allow)
          : withOne(list.exceptions, one);
      list = { ...list, exceptions };
    }
  }
  return list;
}

/** As `devices.list` shows it; exceptions from "all" are not shown. */
export function parseDeviceList(text: string, field: string): DeviceList {
  const exceptions: DeviceException[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("a")) return { allow: true, exceptions: [], field };
    const match = /^([bc]) (\d+|\*):(\d+|\*) ([rwm]+)$/.exec(line);
    if (match === null) continue;
    const [, type, major, minor, access = ""] = match;
    exceptions.push({
      type: type as "b" | "c",
      major: major === "*" ? undefined : Number(major),
      minor: minor === "*" ? undefined : Number(minor),
      access,
      field,
    });
  }
  return { allow: false, exceptions, field };
}

/** As `devices.allow` and `devices.deny` take it: `c 1:3 rwm`. */
export function exceptionText({ type, major, minor, access }: DeviceException): string {
  return `${type} ${major ?? "*"}:${minor ?? "*"} ${access}`;
}

/** Whether two are about the same numbers; the kernel keeps one entry for them. */
export function sameDevices(one: DeviceException, other: DeviceException): boolean {
  return one.type === other.type && one.major === other.major && one.minor === other.minor;
}

/** The letters of `access` that are not in `less`. */
export function accessWithout(access: string, less: string): string {
  return [...letters].filter((one) => access.includes(one) && !less.includes(one)).join("");
}

function isForAll({ type = "a", major, minor, access = letters }: DeviceRule): boolean {
  const everything = accessWithout(letters, access) === "";
  return type === "a" && major === undefined && minor === undefined && everything;
}

/** The kernel reads any line that begins with `a` as "all", whatever follows: it is two here. */
function exceptionsOf(rule: DeviceRule, field: string): DeviceException[] {
  const { type = "a", major, minor, access = letters } = rule;
  const types = type === "a" ? (["b", "c"] as const) : [type];
  return types.map((one) => ({ type: one, major, minor, access, field }));
}

function withOne(
  exceptions: readonly DeviceException[],
  one: DeviceException,
): readonly DeviceException[] {
  const before = exceptions.find((other) => sameDevices(one, other));
  if (before === undefined) return [...exceptions, one];
  const access = accessWithout(letters, accessWithout(letters, before.access + one.access));
  return exceptions.map((other) => (other === before ? { ...one, access } : other));
}

function without(
  exceptions: readonly DeviceException[],
  one: DeviceException,
  allow: boolean,
): readonly DeviceException[] {
  return exceptions.flatMap((other) => {
    const access = accessWithout(other.access, one.access);
    if (access === other.access || !overlap(one, other)) return [other];
    if (!covers(one, other)) {
      throw unsupported(
        one.field,
        `cgroup v1 cannot ${allow ? "allow" : "deny"} a part of ${exceptionText(other)} (${other.field})`,
        `Name in ${other.field} exactly the devices that are meant`,
      );
    }
    return access === "" ? [] : [{ ...other, access }];
  });
}

function overlap(one: DeviceException, other: DeviceException): boolean {
  const meet = (a?: number, b?: number): boolean => a === undefined || b === undefined || a === b;
  return one.type === other.type && meet(one.major, other.major) && meet(one.minor, other.minor);
}

function covers(one: DeviceException, other: DeviceException): boolean {
  const holds = (a?: number, b?: number): boolean => a === undefined || a === b;
  return one.type === other.type && holds(one.major, other.major) && holds(one.minor, other.minor);
}
