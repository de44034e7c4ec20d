import { checkString, fail, pathInside, quote } from "./check.ts";
import { ownInDev } from "./plan/dev.ts";
import type { Device, Sandbox } from "./sandbox.ts";

/** Refuses devices and limits that make no sense; the limits themselves are @x/cgroups' to judge. */
export function checkDevices({ devices = [], resources }: Sandbox): void {
  devices.forEach((device, i) => checkDevice(device, `devices[${i}]`));
  if (resources !== undefined && (typeof resources !== "object" || resources === null)) {
    fail("resources", "not an object");
  }
}

function checkDevice({ source, destination = source, access }: Device, field: string): void {
  checkString(source, `${field}.source`);
  if (!source.startsWith("/")) fail(`${field}.source`, `${quote(source)} is not an absolute path`);
  const [top, name] = pathInside(destination, `${field}.destination`);
  if (top !== "dev" || name === undefined) {
    fail(`${field}.destination`, `${quote(destination)} is not below /dev, where devices are`);
  }
  if (ownInDev.has(name)) {
    fail(`${field}.destination`, `every container has a /dev/${name} of its own`);
  }
  if (access !== undefined && !/^(?!.*(.).*\1)[rwm]+$/.test(access)) {
    fail(`${field}.access`, `${quote(access)} is not made of r, w and m, each at most once`);
  }
}
