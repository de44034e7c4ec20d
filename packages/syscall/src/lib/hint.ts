import { errnoName } from "./errno.ts";
import type { ErrnoName } from "./errno.ts";
import { hints, hintsForAnyCall } from "./hints.ts";
import { since } from "./since.ts";
import type { SyscallName } from "./syscall-number.ts";

/**
 * Why a call may have failed with an error, and what helps, in a sentence or two; undefined where
 * the error says it all. The error by name, or by number, positive or negative.
 */
export function hintFor(syscall: SyscallName, errno: ErrnoName | number): string | undefined {
  const code = typeof errno === "number" ? errnoName(errno) : errno;
  if (code === undefined) return undefined;
  const own = hints[syscall]?.[code];
  if (own !== undefined) return own;
  if (code === "ENOSYS") return missingCall(syscall);
  return hintsForAnyCall[code];
}

function missingCall(syscall: SyscallName): string {
  const version = since[syscall];
  const old =
    version === undefined ? "This kernel was built without it" : `It needs Linux ${version}`;
  return `${old}, or a seccomp filter hides it, as those of older container runtimes do.`;
}
