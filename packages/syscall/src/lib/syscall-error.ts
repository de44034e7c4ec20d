import { errnoMeaning, errnoName } from "./errno.ts";
import type { ErrnoName } from "./errno.ts";
import { formatCall } from "./format-call.ts";
import { hintFor } from "./hint.ts";
import type { SyscallArgument } from "./syscall-argument.ts";
import type { SyscallName } from "./syscall-number.ts";

/**
 * A system call that the kernel refused, in the shape of Node's own system errors. The message says
 * what was attempted, on what, what the kernel answered, and what can be done.
 */
export class SyscallError extends Error {
  override readonly name = "SyscallError";
  /** `UNKNOWN` for a number without a name, which a seccomp filter may answer. */
  readonly code: ErrnoName | "UNKNOWN";
  /** Negative, as in Node's errors. */
  readonly errno: number;
  readonly syscall: SyscallName;
  readonly args: readonly SyscallArgument[];
  declare readonly hint?: string;

  constructor(syscall: SyscallName, args: readonly SyscallArgument[], errno: number) {
    const positive = Math.abs(errno);
    const code = errnoName(positive);
    const hint = hintFor(syscall, positive);
    const meaning = code === undefined ? "Unknown error" : errnoMeaning(code);
    const said = `${meaning} (${code ?? "UNKNOWN"}, ${positive})`;
    super(`${formatCall(syscall, args)}: ${said}${hint === undefined ? "" : `. ${hint}`}`);
    this.code = code ?? "UNKNOWN";
    this.errno = -positive;
    this.syscall = syscall;
    this.args = args;
    if (hint !== undefined) this.hint = hint;
  }
}
