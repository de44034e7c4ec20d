import type { DeviceRule } from "@x/cgroups";
import type { DeviceNode } from "../facts.ts";
import type { Device } from "../sandbox.ts";

/**
 * The devices that a container of Docker may use: null, zero, full, random, urandom, tty, console,
 * ptmx, and the terminals it makes itself. Major and minor; all minors unless given.
 */
const usual: readonly (readonly [major: number, minor?: number])[] = [
  [1, 3],
  [1, 5],
  [1, 7],
  [1, 8],
  [1, 9],
  [5, 0],
  [5, 1],
  [5, 2],
  [136],
];

/** All others are denied, whatever nodes an image brings or root inside makes. */
export const defaultDeviceRules: readonly DeviceRule[] = [
  { allow: false },
  ...usual.map(([major, minor]): DeviceRule => {
    return { allow: true, type: "c", major, ...(minor === undefined ? {} : { minor }) };
  }),
];

/** The rule that lets a device be used which was asked for. */
export function ruleFor(
  { access = "rwm" }: Device,
  { type, major, minor }: DeviceNode,
): DeviceRule {
  return { allow: true, type, major, minor, access };
}
