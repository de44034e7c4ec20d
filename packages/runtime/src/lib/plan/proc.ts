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

/** Files that tell of the host, or reach into it: covered by `/dev/null`. Docker's list. */
const maskedFiles = {
  proc: [
    "interrupts",
    "kcore",
    "keys",
    "latency_stats",
    "sched_debug",
    "timer_list",
    "timer_stats",
  ],
} as const;
/** Directories, likewise: covered by an empty one. */
const maskedDirectories = {
  proc: ["acpi", "asound", "scsi"],
  sys: ["firmware", "devices/virtual/powercap"],
} as const;
/** What can be seen but not changed. */
const readonlyPaths = ["bus", "fs", "irq", "sys", "sysrq-trigger"] as const;

const empty = result("nothing");

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

/**
 * Covers what tells of the host and protects what would change it. `/dev/null` is the node that
 * this plan has just made in a file system of its own, never one that an image brought
 * (CVE-2025-31133). A path that this kernel does not have needs no cover.
 */
export function mask(): Step[] {
  return [
    ...maskedFiles.proc.flatMap((path, i) => maskFile(result("proc"), path, i === 0)),
    ...maskedDirectories.proc.flatMap((path) => maskDirectory(result("proc"), path)),
    ...maskedDirectories.sys.flatMap((path) => maskDirectory(result("sys"), path)),
    ...readonlyPaths.flatMap((path, i) => protect(result("proc"), path, i === 0)),
  ];
}

function maskFile(at: Result, path: string, first: boolean): Step[] {
  const name = `null on ${path}`;
  return [
    copyTree(name, result("dev"), "null", {
      recursive: false,
      ...(first ? { why: "what tells of the host is covered" } : {}),
    }),
    place(result(name), at, path, { tolerate: ["ENOENT"] }),
  ];
}

function maskDirectory(at: Result, path: string): Step[] {
  const name = `nothing on ${path}`;
  return [
    copyTree(name, empty, "", { recursive: false }),
    place(result(name), at, path, { tolerate: ["ENOENT"] }),
  ];
}

function protect(at: Result, path: string, first: boolean): Step[] {
  const name = `read-only ${path}`;
  const mount = result(name);
  return [
    copyTree(name, at, path, {
      tolerate: ["ENOENT"],
      ...(first ? { why: "what would change the host can only be read" } : {}),
    }),
    setAttributes(mount, { attr_set: restricted | MOUNT_ATTR_RDONLY }, { tolerate: ["EBADF"] }),
    place(mount, at, path, { tolerate: ["EBADF", "ENOENT"] }),
  ];
}
