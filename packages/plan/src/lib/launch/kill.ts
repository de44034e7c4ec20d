import { readFileSync } from "node:fs";
import {
  openProcess,
  signalNumber,
  syscall,
  SyscallError,
  type Descriptor,
  type SignalName,
} from "@x/syscall";

/** The two processes a signal can go to. */
export interface Processes {
  readonly launcher: Descriptor;
  readonly launcherPid: number;
  /** The container's first process: the launcher itself, when the plan has no fork. */
  readonly pid: number;
}

/**
 * Sends a signal; false when the process has ended. Nothing but the launcher's own child is ever
 * hit: as long as the launcher is not reaped, a process whose parent it is cannot be another one.
 * Source: pidfd_send_signal(2).
 */
export function killContainer(processes: Processes, signal: SignalName): boolean {
  const { launcher, launcherPid, pid } = processes;
  if (signal !== "SIGKILL" || pid === launcherPid) return send(launcher, signal);
  using child = childOf(launcherPid, pid);
  if (child !== undefined && send(child, signal)) return true;
  return send(launcher, signal);
}

function childOf(parent: number, pid: number): Descriptor | undefined {
  let child: Descriptor | undefined;
  try {
    child = openProcess(pid);
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    if (Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) === parent) return child;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "ENOENT") {
      child?.close();
      throw error;
    }
  }
  child?.close();
  return undefined;
}

function send(process: Descriptor, signal: SignalName): boolean {
  try {
    syscall("pidfd_send_signal", process.fd, signalNumber(signal), null, 0);
    return true;
  } catch (error) {
    if (error instanceof SyscallError && error.code === "ESRCH") return false;
    throw error;
  }
}
