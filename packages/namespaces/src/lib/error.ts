/**
 * - `X_NAMESPACE_INVALID`: the input makes no sense; `field` says where
 * - `X_NAMESPACE_THREADS`: a process with threads cannot do this; `hint` says what can
 * - `X_NAMESPACE_GONE`: the process whose namespaces were meant has ended
 * - `X_NAMESPACE_NOT_ONE`: a path or descriptor does not lead to a namespace of the kind it should
 * - `X_NAMESPACE_USER_OFF`: this machine is set up so that user namespaces cannot be made
 * - `X_NAMESPACE_HELPER`: `newuidmap` or `newgidmap` is missing or has refused a map
 * - `X_NAMESPACE_MAPS`: the kernel's id maps are not the ones that were asked for
 */
export type NamespaceErrorCode =
  | "X_NAMESPACE_INVALID"
  | "X_NAMESPACE_THREADS"
  | "X_NAMESPACE_GONE"
  | "X_NAMESPACE_NOT_ONE"
  | "X_NAMESPACE_USER_OFF"
  | "X_NAMESPACE_HELPER"
  | "X_NAMESPACE_MAPS";

/** What a {@link NamespaceError} can say besides its message. */
export interface NamespaceErrorDetails {
  /** The part of the input that is wrong: `uidMappings[1].containerID`. */
  readonly field?: string;
  /** What to do about it. */
  readonly hint?: string;
  /** What the kernel or a helper said. */
  readonly cause?: unknown;
}

/**
 * Something about namespaces that is known before the kernel is asked, or better than the kernel
 * says it. What the kernel itself refuses is a `PlanError` or a `SyscallError`.
 */
export class NamespaceError extends Error {
  override readonly name = "NamespaceError";
  readonly code: NamespaceErrorCode;
  readonly field: string | undefined;
  readonly hint: string | undefined;

  constructor(code: NamespaceErrorCode, message: string, details: NamespaceErrorDetails = {}) {
    const { field, hint, cause } = details;
    const place = field === undefined ? "" : `${field}: `;
    const remedy = hint === undefined ? "" : `. ${hint}`;
    super(`${place}${message}${remedy}`, cause === undefined ? {} : { cause });
    this.code = code;
    this.field = field;
    this.hint = hint;
  }
}
