import { step, type Step } from "@x/plan";
import {
  CLOSE_RANGE_CLOEXEC,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_PRIVATE,
  MS_REC,
  MS_SHARED,
  MS_SLAVE,
} from "@x/syscall";
import { LAST_DESCRIPTOR } from "./lifeline.ts";
import type { NewNamespaces, Propagation } from "./new-namespaces.ts";

const propagations = { private: MS_PRIVATE, slave: MS_SLAVE, shared: MS_SHARED } as const;

/** In new namespaces: its own mounts, its own `/proc`, its own host name. */
export function settleSteps(wanted: NewNamespaces): Step[] {
  const { namespaces, hostname, propagation = "private" } = wanted;
  const both = namespaces.includes("pid") && namespaces.includes("mount");
  const { mountProc = both } = wanted;
  return [
    ...(namespaces.includes("mount") ? propagationSteps(propagation) : []),
    ...(mountProc ? [freshProc()] : []),
    ...(hostname === undefined ? [] : [setHostname(hostname)]),
  ];
}

/** For every mount of the calling thread's namespace. Source: mount_namespaces(7). */
export function propagationSteps(propagation: Propagation): Step[] {
  if (propagation === "unchanged") return [];
  const flags = MS_REC | propagations[propagation];
  const why = propagation === "private" ? "no mount gets across, either way" : undefined;
  return [
    step("mount", ["none", "/", null, flags, null], {
      field: "propagation",
      ...(why === undefined ? {} : { why }),
    }),
  ];
}

/** What is open here stays here: the command gets its three streams. */
export function closeOnExec(): Step {
  return step("close_range", [FIRST_EXTRA, LAST_DESCRIPTOR, CLOSE_RANGE_CLOEXEC], {
    why: "the command gets its streams and no other descriptor",
  });
}

/** The working directory, as whoever the process is by now may enter it. */
export function workingDirectory(cwd: string | undefined): Step[] {
  return cwd === undefined ? [] : [step("chdir", [cwd], { field: "cwd" })];
}

function freshProc(): Step {
  return step("mount", ["proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, null], {
    why: "a /proc of the new PID namespace",
    field: "mountProc",
  });
}

function setHostname(hostname: string): Step {
  return step("sethostname", [hostname, Buffer.byteLength(hostname)], { field: "hostname" });
}

const FIRST_EXTRA = 3;
