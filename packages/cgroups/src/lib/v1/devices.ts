import type { Controller, Files, Setting } from "../controller.ts";
import type { DeviceRule } from "../resources.ts";
import {
  accessWithout,
  applyRules,
  exceptionText,
  parseDeviceList,
  sameDevices,
  type DeviceException,
  type DeviceList,
} from "./device-list.ts";
import { writer } from "./writer.ts";

const write = writer("devices");

/**
 * Which device nodes may be opened and made: Documentation/admin-guide/cgroup-v1/devices.rst.
 *
 * The kernel does not go through rules in order; it keeps "all" or "none" and exceptions from it. So
 * the list that the rules come to is worked out here, and what it differs in from the group's own is
 * written. What no rule speaks of stays as in the group above.
 */
export const devices: Controller = {
  name: "devices",
  fields: ["devices"],

  settings({ devices: rules }, { files, parent, fresh }) {
    if (rules === undefined) return [];
    const above = listIn(parent);
    const wanted = applyRules({ ...above, field: "devices" }, rules);
    // A new group has a copy of the list above.
    const now = fresh ? above : listIn(files);
    if (!now.allow && !wanted.allow) return changes(now.exceptions, wanted.exceptions);
    const reset = wanted.allow && now.allow && fresh ? [] : [toAll(wanted)];
    return [...reset, ...wanted.exceptions.map((one) => toException(one, !wanted.allow))];
  },

  /** A group that may use all devices does not tell which it may not. */
  limits(files) {
    const text = files.read("devices.list");
    if (text === undefined) return {};
    const { allow, exceptions } = parseDeviceList(text, "devices");
    return { devices: [{ allow }, ...exceptions.map(ruleOf)] };
  },
};

/**
 * From one list of what is allowed to another, never less than both allow: what comes in first, then
 * what goes out, so that running processes notice nothing else.
 */
function changes(now: readonly DeviceException[], wanted: readonly DeviceException[]): Setting[] {
  return [
    ...beyond(wanted, now).map((one) => toException(one, true)),
    ...beyond(now, wanted).map((one) => toException(one, false)),
  ];
}

/** What of the first list is not in the second. */
function beyond(
  first: readonly DeviceException[],
  second: readonly DeviceException[],
): DeviceException[] {
  return first.flatMap((one) => {
    const other = second.find((candidate) => sameDevices(one, candidate));
    const access = accessWithout(one.access, other?.access ?? "");
    return access === "" ? [] : [{ ...one, access }];
  });
}

function toAll({ allow, field }: DeviceList): Setting {
  return write(allow ? "devices.allow" : "devices.deny", "a *:* rwm", field);
}

function toException(one: DeviceException, allow: boolean): Setting {
  return write(allow ? "devices.allow" : "devices.deny", exceptionText(one), one.field);
}

function listIn(files: Files): DeviceList {
  return parseDeviceList(files.read("devices.list") ?? "a *:* rwm", "devices");
}

function ruleOf({ type, major, minor, access }: DeviceException): DeviceRule {
  return {
    allow: true,
    type,
    ...(major === undefined ? {} : { major }),
    ...(minor === undefined ? {} : { minor }),
    access,
  };
}
