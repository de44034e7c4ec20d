import {
  layouts,
  POLLIN,
  PR_SET_DUMPABLE,
  PR_SET_NAME,
  PR_SET_NO_NEW_PRIVS,
  PR_SET_PDEATHSIG,
  signalNumber,
} from "@x/syscall";
import { fork, reap, result, step, struct, type Result, type Step } from "@x/plan";
import { listener, listenForSelfKill } from "./self-kill.ts";

const launcher = result("launcher");
/** The container's first process, as the launcher knows it. */
export const pid: Result = result("pid");

/** The kernel kills this process when its parent ends. */
export function dieWithParent(why?: string): Step {
  return step(
    "prctl",
    [PR_SET_PDEATHSIG, signalNumber("SIGKILL"), 0, 0, 0],
    why === undefined ? {} : { why },
  );
}

/**
 * What the launcher does before it makes the container. One that stands alone may outlive the shell
 * that started it, as any program does under nohup(1).
 */
export function beforeFork({ standalone }: { readonly standalone: boolean }): Step[] {
  const why = "if the one who asked for it ends, so does all of this";
  return [
    step("prctl", [PR_SET_NAME, "x-launcher", 0, 0, 0], { why: "what ps calls it" }),
    ...(standalone ? [] : [dieWithParent(why)]),
    step("getpid", [], { as: "self" }),
    step("pidfd_open", [result("self"), 0], { as: launcher.result }),
    step("prctl", [PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0], {
      why: "no program from here on gains rights by being executed",
    }),
    listenForSelfKill(),
  ];
}

/**
 * What the container's first process does first. `PR_SET_PDEATHSIG` misses a parent that is dead
 * already; its pidfd tells.
 */
export function afterFork(): Step[] {
  const alive = struct(layouts.pollfd, { fd: launcher, events: POLLIN });
  const now = struct(layouts.timespec, {});
  return [
    dieWithParent("the container ends with its launcher"),
    step("ppoll", [alive, 1, now, null, 8], { expect: 0, why: "which has not ended yet" }),
  ];
}

/** What the launcher does once the container is on its way: it waits, and holds nothing. */
export function supervise(): Step[] {
  return [
    step("prctl", [PR_SET_DUMPABLE, 0, 0, 0, 0], { why: "nobody looks into the launcher" }),
    step("close_range", [0, 1, 0], { why: "and keeps no stream open that the container closes" }),
    reap(pid, { listener, why: "it waits, and exits the way the container does" }),
  ];
}

/** The command as a child of an init of ours, which is PID 1 of the container. */
export function underInit(command: readonly Step[]): Step[] {
  const child = result("command");
  // A session of its own: what the launcher sends to the init's group reaches the init alone.
  const steps = [step("setsid"), ...command];
  return [
    fork({}, steps, { as: child.result, why: "the command, as a child of the container's init" }),
    step("prctl", [PR_SET_DUMPABLE, 0, 0, 0, 0], { why: "nobody looks into the init" }),
    step("close_range", [0, 1, 0]),
    reap(child, { why: "an init: reaps, passes signals on, exits as the command does" }),
  ];
}
