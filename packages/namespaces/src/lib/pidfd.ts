import { openProcess, SyscallError, type Descriptor } from "@x/syscall";
import { readFileSync } from "node:fs";
import { NamespaceError } from "./error.ts";

/**
 * The pid of the process that a descriptor stands for. Throws `NamespaceError`: `X_NAMESPACE_GONE`
 * when it has been reaped, `X_NAMESPACE_NOT_ONE` for a descriptor of something else. Source:
 * pidfd_open(2), proc_pid_fdinfo(5).
 */
export function pidOf(process: Descriptor): number {
  const info = readFileSync(`/proc/self/fdinfo/${process.fd}`, "latin1");
  const pid = Number(/^Pid:\s+(-?\d+)$/m.exec(info)?.[1]);
  if (Number.isNaN(pid)) {
    throw new NamespaceError("X_NAMESPACE_NOT_ONE", `descriptor ${process.fd} is not a process`, {
      field: "target",
      hint: "openProcess(pid) opens one; a namespace goes by its kind: { net: descriptor }",
    });
  }
  if (pid <= 0) throw gone("behind the descriptor");
  return pid;
}

/** A descriptor of a process. Throws `NamespaceError` (`X_NAMESPACE_GONE`) when there is none. */
export function openLiving(pid: number): Descriptor {
  try {
    return openProcess(pid);
  } catch (error) {
    if (error instanceof SyscallError && error.code === "ESRCH") throw gone(pid);
    throw error;
  }
}

/** What to say of a process that is no more. */
export function gone(pid: number | string): NamespaceError {
  return new NamespaceError("X_NAMESPACE_GONE", `the process ${pid} has ended`);
}
