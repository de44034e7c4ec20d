/** Thrown by everything that acts, where koffi, which makes the calls, cannot be loaded. */
export class KoffiMissingError extends Error {
  override readonly name = "KoffiMissingError";
  readonly code = "X_KOFFI_MISSING";

  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message.split("\n", 1)[0] : String(cause);
    super(
      `Cannot load koffi, which makes the system calls: ${reason}. Install it again together with ` +
        "the optional package that holds its binary for this machine (@koromix/koffi-linux-…).",
      { cause },
    );
  }
}
