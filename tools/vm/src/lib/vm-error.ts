export type VmErrorCode =
  | "X_VM_MISSING_PROGRAM"
  | "X_VM_PROGRAM_FAILED"
  | "X_VM_BAD_PACKAGE"
  | "X_VM_UNKNOWN_MODULE"
  | "X_VM_BAD_OPTION"
  | "X_VM_GUEST_DIED";

/** What went wrong while a guest was prepared or booted; `code` says which kind of trouble. */
export class VmError extends Error {
  override readonly name = "VmError";
  readonly code: VmErrorCode;

  constructor(code: VmErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
