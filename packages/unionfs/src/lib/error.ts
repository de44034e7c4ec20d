/**
 * - `X_UNION_INVALID`: the description makes no sense; `field` says where
 * - `X_UNION_UNSUPPORTED`: this machine, or this user, cannot do it; `hint` says what can
 * - `X_UNION_MOUNT`: the kernel, or fuse-overlayfs, refused to mount it
 * - `X_UNION_BUSY`: a file of the union is still in use, or its upper directory is another union's
 * - `X_UNION_COPY`: a file could not be copied
 * - `X_UNION_READ`: a layer could not be read
 */
export type UnionErrorCode =
  | "X_UNION_INVALID"
  | "X_UNION_UNSUPPORTED"
  | "X_UNION_MOUNT"
  | "X_UNION_BUSY"
  | "X_UNION_COPY"
  | "X_UNION_READ";

/** What a {@link UnionError} can say besides its message. */
export interface UnionErrorDetails {
  /** The part of the description that is wrong: `lower[1]`. */
  readonly field?: string;
  /** What to do about it. */
  readonly hint?: string;
  /** What the kernel or a program said. */
  readonly cause?: unknown;
}

/** Something about unions that could not be done. The message is for people, `code` for programs. */
export class UnionError extends Error {
  override readonly name = "UnionError";
  readonly code: UnionErrorCode;
  readonly field: string | undefined;
  readonly hint: string | undefined;

  constructor(code: UnionErrorCode, message: string, details: UnionErrorDetails = {}) {
    const { field, hint, cause } = details;
    const place = field === undefined ? "" : `${field}: `;
    const remedy = hint === undefined ? "" : `. ${hint}`;
    super(`${place}${message}${remedy}`, cause === undefined ? {} : { cause });
    this.code = code;
    this.field = field;
    this.hint = hint;
  }
}
