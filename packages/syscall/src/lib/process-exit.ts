import { CLD_EXITED } from "./constants/child-code.ts";
import { WEXITED, WNOHANG } from "./constants/wait.ts";
import { P_PIDFD } from "./constants/waitid.ts";
import { Descriptor } from "./descriptor.ts";
import { layouts } from "./layouts.ts";
import { onReadable } from "./on-readable.ts";
import { readField } from "./pack.ts";
import { signalName } from "./signal.ts";
import type { SignalName } from "./signal.ts";
import { syscall } from "./syscall.ts";

/** How a process ended: the code it exited with, or the signal that ended it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: SignalName | null;
}

/**
 * A descriptor that stands for a process, whatever becomes of its number: `pidfd_open(2)`.
 *
 * @throws SyscallError `ESRCH` when there is no such process.
 */
export function openProcess(pid: number): Descriptor {
  return new Descriptor(syscall("pidfd_open", pid, 0));
}

/**
 * Waits in the event loop for a child to end, and reaps it: `waitid(2)` with `P_PIDFD`. Keep the
 * descriptor open meanwhile. An abort ends the waiting, not the child, and rejects with its reason.
 *
 * @throws SyscallError `ECHILD` when the process is no child of this one or was reaped elsewhere.
 */
export function reap(
  pidfd: Descriptor,
  options: {
    readonly signal?: AbortSignal;
    /** False lets the event loop end although the child runs. */
    readonly keepAlive?: boolean;
  } = {},
): Promise<Exit> {
  const { signal, keepAlive = true } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const readiness = onReadable(pidfd.fd, () => {
      try {
        const exit = waitNow(pidfd);
        if (exit === undefined) return;
        stop();
        resolve(exit);
      } catch (error) {
        stop();
        reject(error);
      }
    });
    if (!keepAlive) readiness.unref();
    const abort = (): void => {
      stop();
      reject(signal?.reason);
    };
    const stop = (): void => {
      readiness.close();
      signal?.removeEventListener("abort", abort);
    };
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** The end of a child that has ended; undefined while it runs, which a tracer can make it seem. */
function waitNow(pidfd: Descriptor): Exit | undefined {
  const info = new Uint8Array(layouts.siginfo.bytes);
  syscall("waitid", P_PIDFD, pidfd.fd, info, WEXITED | WNOHANG, null);
  const field = (name: string): number => Number(readField(layouts.siginfo, name, info));
  if (field("pid") === 0) return undefined;
  const status = field("status");
  if (field("code") === CLD_EXITED) return { code: status, signal: null };
  return { code: null, signal: signalName(status) ?? null };
}
