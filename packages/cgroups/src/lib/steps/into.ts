import { AT_FDCWD, CLONE_INTO_CGROUP, O_CLOEXEC, O_DIRECTORY, O_PATH } from "@x/syscall";
import { result, step, type Result, type Step } from "@x/plan";
import type { GroupDirectory } from "../hierarchy/hierarchy.ts";
import { CgroupError } from "../error.ts";
import type { GroupStepOptions } from "./join.ts";

/** What makes a new process be born in a group: for the `fork` of a plan. */
export interface IntoGroup {
  /** Before the fork, in its parent: the descriptor of the group. */
  readonly before: readonly Step[];
  /** For the flags of the fork, by `|`; beyond 32 bits. */
  readonly flags: bigint;
  /** The other fields of the fork. */
  readonly fields: { readonly cgroup: Result };
}

/**
 * A process that is in its v2 group from the start: `clone3(2)` with `CLONE_INTO_CGROUP`. It never
 * was in another, so nothing is moved, and the lock that moving takes is not waited for. For v1
 * there is no such thing, and {@link join} instead. Refused at the fork: a group that has been
 * deleted (ENODEV), one with controllers for its children (EBUSY), one at its `pids.max` (EAGAIN).
 *
 * Throws `CgroupError` `X_CGROUP_UNSUPPORTED` for a directory of v1.
 */
export function into(
  { hierarchy, path }: GroupDirectory,
  options: GroupStepOptions = {},
): IntoGroup {
  if (hierarchy.version !== 2) {
    throw new CgroupError(
      "X_CGROUP_UNSUPPORTED",
      `${path} is a group of v1, and a process is born in groups of v2 alone`,
      { hint: "Let it join by itself, as the steps of join() do" },
    );
  }
  const group = result("group");
  return {
    before: [
      step("openat", [AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC], {
        as: group.result,
        why: "the group that the new process is born in",
        ...options,
      }),
    ],
    flags: CLONE_INTO_CGROUP,
    fields: { cgroup: group },
  };
}
