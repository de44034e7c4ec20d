import {
  AT_FDCWD,
  makedev,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_RDONLY,
  S_IFBLK,
  S_IFCHR,
  S_IFREG,
} from "@x/syscall";
import { result, step, type Result, type Step } from "@x/plan";
import type { DeviceNode, Facts } from "../facts.ts";
import type { Device, Sandbox } from "../sandbox.ts";
import { copyTree, directory, place, setAttributes } from "./mount.ts";

const untouchable = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;

/** The caller's devices as mounts nobody sees yet, where nodes of our own cannot be made. */
export function givenDeviceSources({ devices = [] }: Sandbox, mknod: boolean): Step[] {
  return devices.flatMap((device, i) =>
    mknod && mayBeMade(device)
      ? []
      : [
          copyTree(mountOf(i), AT_FDCWD, device.source, {
            recursive: false,
            why: `the device ${device.source}`,
            field: `devices[${i}].source`,
          }),
        ],
  );
}

/** The caller's devices, in a `/dev` of ours: nodes like those of the host, or these themselves. */
export function givenDevices({ devices = [] }: Sandbox, facts: Facts, mknod: boolean): Step[] {
  const dev = result("dev");
  return devices.flatMap((device, i) => {
    const parts = partsInDev(device);
    const path = parts.join("/");
    const field = `devices[${i}].destination`;
    const node = facts.devices![device.source]!;
    return [
      ...parts.slice(0, -1).map((_, depth) => directory(dev, parts.slice(0, depth + 1).join("/"))),
      ...(mknod && mayBeMade(device) ? made(dev, path, node, field) : bound(dev, path, i, field)),
    ];
  });
}

function made(dev: Result, path: string, node: DeviceNode, field: string): Step[] {
  const { type, major, minor, mode, uid, gid } = node;
  const kind = type === "b" ? S_IFBLK : S_IFCHR;
  return [
    step("mknodat", [dev, path, kind | mode, makedev(major, minor)], {
      why: `a device that was asked for: ${type} ${major}:${minor}`,
      field,
    }),
    ...(uid === 0 && gid === 0 ? [] : [step("fchownat", [dev, path, uid, gid, 0], { field })]),
  ];
}

/**
 * The host's node itself, in a mount that can only be read: that keeps its owner and its
 * permissions as they are, and does not touch what is written to the device.
 */
function bound(dev: Result, path: string, i: number, field: string): Step[] {
  return [
    step("mknodat", [dev, path, S_IFREG | 0o666, 0], { field }),
    setAttributes(result(mountOf(i)), { attr_set: untouchable }, { field }),
    place(result(mountOf(i)), dev, path, { field }),
  ];
}

/** The rules for devices hold for the container's first process as well. */
function mayBeMade({ access = "rwm" }: Device): boolean {
  return access.includes("m");
}

function mountOf(i: number): string {
  return `device ${i}`;
}

function partsInDev({ source, destination = source }: Device): string[] {
  return destination
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .slice(1);
}
