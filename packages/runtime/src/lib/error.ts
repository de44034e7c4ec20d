/** A sandbox that cannot be: refused before anything is touched. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
  readonly code = "X_SANDBOX_INVALID";
  /** The path of the offending field: `mounts[2].destination`. */
  readonly field: string;

  constructor(field: string, message: string, cause?: unknown) {
    super(`${field}: ${message}`, cause === undefined ? {} : { cause });
    this.field = field;
  }
}
