import type { Arch } from "./arch.ts";

/** Thrown where a system call is asked for that this architecture does not have. */
export class UnsupportedSyscallError extends Error {
  override readonly name = "UnsupportedSyscallError";
  readonly code = "X_UNSUPPORTED_SYSCALL";
  readonly syscall: string;
  readonly arch: Arch;

  constructor(syscall: string, arch: Arch, modern?: string) {
    const instead = modern === undefined ? "" : `; use ${modern}`;
    super(`No system call "${syscall}" on ${arch}${instead}`);
    this.syscall = syscall;
    this.arch = arch;
  }
}
