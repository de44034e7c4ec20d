import type { Resources } from "@x/cgroups";
import { SandboxError } from "./error.ts";
import type { Facts } from "./facts.ts";
import { defaultDeviceRules, ruleFor } from "./plan/device-rules.ts";
import type { Sandbox } from "./sandbox.ts";

/** Whether a container has a control group: it has limits, or devices it was given. */
export function hasGroup({ resources, devices = [] }: Sandbox): boolean {
  return resources !== undefined || devices.length > 0;
}

/**
 * What the container's control group is held to: its limits, and the devices it may use, which are
 * the usual ones and those it was given; rules of the caller come last and so decide. Rules need
 * root: an ordinary user's container has the rights of that user, and can make no node.
 *
 * Throws `SandboxError` for a device with less than full access where there are no rules.
 */
export function limitsOf({ resources = {}, devices = [] }: Sandbox, facts: Facts): Resources {
  if (facts.uid !== 0) {
    devices.forEach(({ access = "rwm" }, i) => {
      if (access.includes("r") && access.includes("w")) return;
      const message = "only root can restrict how a device is used; leave it out, or run as root";
      throw new SandboxError(`devices[${i}].access`, message);
    });
    return resources;
  }
  const given = devices.map((device) => ruleFor(device, facts.devices![device.source]!));
  return {
    ...resources,
    devices: [...defaultDeviceRules, ...given, ...(resources.devices ?? [])],
  };
}
