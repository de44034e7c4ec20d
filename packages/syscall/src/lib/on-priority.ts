import { EPOLLPRI } from "./constants/epoll.ts";
import { epollSet } from "./epoll-set.ts";
import { watchInLoop } from "./loop-watch.ts";
import type { Readiness } from "./on-readable.ts";

/**
 * Calls back from the event loop when a descriptor has something exceptional to tell (`POLLPRI`), or
 * an error: pressure triggers, changed files of control groups and sysfs, out-of-band data. An
 * error that stays is told again and again, so look for it. Close it before the descriptor.
 *
 * Every descriptor has an epoll set of its own directly in the event loop. A pressure trigger
 * forgets its event as soon as anyone looks, and to find out whether a set within a set is readable
 * is to look: the one set that `onReadable` has would lose it.
 * Source: `psi_trigger_poll` of kernel/sched/psi.c.
 *
 * @throws SyscallError `EBADF` when the descriptor is not open, `EPERM` when it cannot be waited
 *   for, as a regular file.
 */
export function onPriority(fd: number, callback: () => void): Readiness {
  const set = epollSet();
  try {
    set.add(fd, 0, EPOLLPRI);
  } catch (error) {
    set.close();
    throw error;
  }
  const handle = watchInLoop(set.fd, callback);
  return {
    close: () => {
      handle.close();
      set.close();
    },
    ref: handle.ref,
    unref: handle.unref,
  };
}
