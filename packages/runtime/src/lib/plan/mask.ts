import {
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_RDONLY,
} from "@x/syscall";
import { result, type Result, type Step } from "@x/plan";
import type { Facts } from "../facts.ts";
import { copyTree, place, setAttributes } from "./mount.ts";
import { empty } from "./proc.ts";

const restricted = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

type Place = "proc" | "sys";

/** Files that tell of the host, or reach into it: covered by `/dev/null`. Docker's list. */
const files: Readonly<Record<Place, readonly string[]>> = {
  proc: [
    "interrupts",
    "kcore",
    "keys",
    "latency_stats",
    "sched_debug",
    "timer_list",
    "timer_stats",
  ],
  sys: [],
};
/** Directories, likewise: covered by an empty one. */
const directories: Readonly<Record<Place, readonly string[]>> = {
  proc: ["acpi", "asound", "scsi"],
  sys: ["firmware", "devices/virtual/powercap"],
};
/** What can be seen but not changed. */
const readonlyPaths = ["bus", "fs", "irq", "sys", "sysrq-trigger"] as const;

const places = ["proc", "sys"] as const;

/** All that is covered, as absolute paths; no kernel has every one of them. */
export const coveredPaths: readonly string[] = places.flatMap((at) =>
  [...files[at], ...directories[at]].map((path) => `/${at}/${path}`),
);

/**
 * Covers what tells of the host and protects what would change it. `/dev/null` is the node that
 * this plan has just made in a file system of its own, never one that an image brought
 * (CVE-2025-31133). A path that this kernel does not have needs no cover: those that are known to
 * be missing are left out, for a mount that finds no place is a slow thing to let go of. The kernel
 * waits for all CPUs then, and seven such waits took longer than all other mounts.
 */
export function mask({ missing = [] }: Facts): Step[] {
  const all = places.flatMap((at): Cover[] => [
    ...files[at].map((path) => ({ at, path, by: ["null", result("dev"), "null"] as const })),
    ...directories[at].map((path) => ({ at, path, by: ["nothing", empty, ""] as const })),
  ]);
  const covers = all.filter(({ at, path }) => !missing.includes(`/${at}/${path}`));
  return [
    ...covers.flatMap((one, i) => cover(one, i === 0)),
    ...readonlyPaths.flatMap((path, i) => protect(result("proc"), path, i === 0)),
  ];
}

interface Cover {
  readonly at: Place;
  readonly path: string;
  /** What covers it, and its descriptor. */
  readonly by: readonly [name: string, from: Result, path: string];
}

function cover({ at, path, by: [name, from, source] }: Cover, first: boolean): Step[] {
  const copy = `${name} on ${path}`;
  return [
    copyTree(copy, from, source, {
      recursive: false,
      ...(first ? { why: "what tells of the host is covered" } : {}),
    }),
    place(result(copy), result(at), path, { tolerate: ["ENOENT"] }),
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
