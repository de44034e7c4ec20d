/**
 * - `X_CGROUP_INVALID`: the input makes no sense; `field` says where
 * - `X_CGROUP_UNSUPPORTED`: this version of control groups, or this kernel, has no such limit
 * - `X_CGROUP_NO_CONTROLLER`: the controller is not there: not in the kernel, not mounted, or not
 *   delegated; `hint` says how to get it
 * - `X_CGROUP_PERMISSION`: the tree is not ours to write; `hint` says how to have a part delegated
 * - `X_CGROUP_NOT_OURS`: a group that this call may not touch
 * - `X_CGROUP_EXISTS`: a group of this name is there already
 * - `X_CGROUP_GONE`: the group, or the process, is no longer there
 * - `X_CGROUP_BUSY`: processes are in it that did not leave in time, or that stand in the way
 * - `X_CGROUP_NO_SYSTEMD`: there is no systemd to ask for a scope, or none that answers us
 * - `X_CGROUP_NEEDS_SYSCALL`: more than files is needed; `hint` names the subpath that has it
 * - `X_CGROUP_KERNEL`: the kernel refused for a reason of its own; `cause` is what it said
 * - `X_CGROUP_PLATFORM`: this is not Linux
 */
export type CgroupErrorCode =
  | "X_CGROUP_INVALID"
  | "X_CGROUP_UNSUPPORTED"
  | "X_CGROUP_NO_CONTROLLER"
  | "X_CGROUP_PERMISSION"
  | "X_CGROUP_NOT_OURS"
  | "X_CGROUP_EXISTS"
  | "X_CGROUP_GONE"
  | "X_CGROUP_BUSY"
  | "X_CGROUP_NO_SYSTEMD"
  | "X_CGROUP_NEEDS_SYSCALL"
  | "X_CGROUP_KERNEL"
  | "X_CGROUP_PLATFORM";

/** What a {@link CgroupError} can say besides its message. */
export interface CgroupErrorDetails {
  /** The part of the description that is wrong: `blockIO.throttleReadBpsDevice[1].rate`. */
  readonly field?: string;
  /** What to do about it. */
  readonly hint?: string;
  /** What the kernel said. */
  readonly cause?: unknown;
}

/** Something about control groups that cannot be done, and why. */
export class CgroupError extends Error {
  override readonly name = "CgroupError";
  readonly code: CgroupErrorCode;
  readonly field: string | undefined;
  readonly hint: string | undefined;

  constructor(code: CgroupErrorCode, message: string, details: CgroupErrorDetails = {}) {
    const { field, hint, cause } = details;
    const place = field === undefined ? "" : `${field}: `;
    const remedy = hint === undefined ? "" : `. ${hint}`;
    super(`${place}${message}${remedy}`, cause === undefined ? {} : { cause });
    this.code = code;
    this.field = field;
    this.hint = hint;
  }
}
