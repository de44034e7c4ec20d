import {
  AT_FDCWD,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_RDONLY,
} from "@x/syscall";
import { result, type Result, type Step } from "@x/plan";
import { copyTree, directory, newFilesystem, place, setAttributes } from "./mount.ts";

const restricted = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

/** An empty directory as a mount, to cover others with. */
export const empty: Result = result("nothing");

/** `/proc`: the processes of this PID namespace. */
export function proc(root: Result): Step[] {
  return [
    directory(root, "proc"),
    // A mount can be copied only where it is attached; `/proc` itself comes on top of this one.
    ...newFilesystem(
      empty.result,
      "tmpfs",
      {},
      restricted | MOUNT_ATTR_RDONLY,
      "an empty directory, to cover others with",
    ),
    place(empty, root, "proc"),
    ...newFilesystem("proc", "proc", {}, restricted, "/proc: the container's processes, no others"),
    place(result("proc"), root, "proc"),
  ];
}

/** A `/sys` of the host, for a container that shares its network and may not make its own. */
export function sysSource(): Step {
  return copyTree("sys", AT_FDCWD, "/sys");
}

/** `/sys`, to be read only. */
export function sys(root: Result, ownNetwork: boolean): Step[] {
  const at = result("sys");
  const attributes = restricted | MOUNT_ATTR_RDONLY;
  const make = ownNetwork
    ? newFilesystem(at.result, "sysfs", {}, attributes, "/sys: devices, to be looked at")
    : [setAttributes(at, { attr_set: attributes }, { why: "/sys: devices, to be looked at" })];
  return [directory(root, "sys"), ...make, place(at, root, "sys")];
}
