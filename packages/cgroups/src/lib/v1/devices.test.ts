import { describe, expect, test } from "vitest";
import type { DeviceRule } from "../resources.ts";
import { devices } from "./devices.ts";
import { filesOf, lines, settings } from "./testing/context.ts";

const parent = { "devices.list": "a *:* rwm" };
const usual: DeviceRule[] = [
  { allow: false },
  { allow: true, access: "m" },
  { allow: true, type: "c", major: 1, minor: 3 },
  { allow: true, type: "c", major: 136, access: "rw" },
];

describe("devices of v1", () => {
  test("denies all and allows what is named", () => {
    expect(lines(devices, { devices: usual }, { parent })).toEqual([
      "devices.deny=a *:* rwm",
      "devices.allow=b *:* m",
      "devices.allow=c *:* m",
      "devices.allow=c 1:3 rwm",
      "devices.allow=c 136:* rw",
    ]);
    expect(settings(devices, { devices: usual }, { parent }).at(-1)?.field).toBe("devices[3]");
  });

  test("changes a running group by the difference, additions first", () => {
    const files = { "devices.list": "b *:* m\nc *:* m\nc 1:3 rw\nc 1:5 rwm" };
    expect(lines(devices, { devices: usual }, { parent, files })).toEqual([
      "devices.allow=c 1:3 m",
      "devices.allow=c 136:* rw",
      "devices.deny=c 1:5 rwm",
    ]);
  });

  test("takes what no rule speaks of from the group above", () => {
    const null3: DeviceRule = { allow: false, type: "c", major: 1, minor: 3 };
    expect(lines(devices, { devices: [null3] }, { parent })).toEqual(["devices.deny=c 1:3 rwm"]);
    const above = { "devices.list": "c 1:3 rwm\nc 1:5 rwm" };
    expect(lines(devices, { devices: [null3] }, { parent: above })).toEqual([
      "devices.deny=c 1:3 rwm",
    ]);
    expect(lines(devices, { devices: [] }, { parent, files: above })).toEqual([
      "devices.allow=a *:* rwm",
    ]);
  });

  test("writes nothing without rules", () => {
    expect(lines(devices, {}, { parent })).toEqual([]);
  });

  test("reads the list as rules that can be given again", () => {
    const files = { "devices.list": "b *:* m\nc 1:3 rwm" };
    const rules = [
      { allow: false },
      { allow: true, type: "b", access: "m" },
      { allow: true, type: "c", major: 1, minor: 3, access: "rwm" },
    ];
    expect(devices.limits!(filesOf(files))).toEqual({ devices: rules });
    expect(devices.limits!(filesOf(parent))).toEqual({ devices: [{ allow: true }] });
    expect(devices.limits!(filesOf({ "devices.list": "" }))).toEqual({
      devices: [{ allow: false }],
    });
  });
});
