import { afterChannel, result, step, struct, type Step } from "@x/plan";
import { layouts, POLLIN, PR_SET_PDEATHSIG, signalNumber } from "@x/syscall";

/** The launcher ends when the Node process that started it does; `parent` is that one's pid. */
export function endWithNode(parent: number): Step[] {
  return [endWithParent(), step("getppid", [], { expect: parent, why: "which is still there" })];
}

/**
 * A descriptor of the calling process under the name `as`, by which a child can tell whether its
 * parent is still there: from another PID namespace, getppid(2) always says 0.
 */
export function openSelf(as: string): Step[] {
  return [
    step("getpid", [], { as: `${as} pid` }),
    step("pidfd_open", [result(`${as} pid`), 0], { as, why: "for the child to watch" }),
  ];
}

/** The calling process ends when the parent does that made the descriptor `parent`. */
export function endWith(parent: string): Step[] {
  const watched = struct(layouts.pollfd, { fd: result(parent), events: POLLIN });
  const now = struct(layouts.timespec, { sec: 0, nsec: 0 });
  return [
    endWithParent(),
    step("ppoll", [watched, 1, now, null, 8], { expect: 0, why: "which is still there" }),
  ];
}

/**
 * What a parent closes once its child is on its way, so that the other end of a stream knows when
 * the command has closed its own. The `reap` step that follows sees to the channel and what is
 * below it.
 */
export function withdraw(): Step[] {
  return [
    step("close_range", [0, 2, 0], { why: "the streams are the command's alone" }),
    step("close_range", [afterChannel(3), LAST_DESCRIPTOR, 0]),
  ];
}

/** PR_SET_PDEATHSIG does not outlive a change of credentials, so whoever changes them asks again. */
function endWithParent(): Step {
  return step("prctl", [PR_SET_PDEATHSIG, signalNumber("SIGKILL"), 0, 0, 0], {
    why: "ends with its parent",
  });
}

/** The last argument of a `close_range` that means "all". */
export const LAST_DESCRIPTOR = 0xffff_ffff;
