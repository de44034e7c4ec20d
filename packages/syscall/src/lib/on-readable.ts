import { F_GETFD } from "./constants/fcntl.ts";
import { epollSet } from "./epoll-set.ts";
import type { EpollSet } from "./epoll-set.ts";
import type { LoopHandle } from "./libc.ts";
import { watchInLoop } from "./loop-watch.ts";
import { syscall } from "./syscall.ts";
import { SyscallError } from "./syscall-error.ts";

/** A descriptor that is being watched. */
export interface Readiness {
  /** Stops; the second time it does nothing. The descriptor stays open. */
  close(): void;
  /** Lets the event loop end although the descriptor is watched. */
  unref(): void;
  /** Keeps the event loop alive, as it is at first. */
  ref(): void;
}

/**
 * Calls back from the event loop when a descriptor can be read or its other end is gone, and again
 * as long as that is so. For pidfds, pipes, sockets, terminals, inotify and the like. Close it
 * before the descriptor.
 *
 * @throws SyscallError `EBADF` when the descriptor is not open, `EPERM` when it cannot be waited
 *   for, as a regular file, `EEXIST` when it is watched already.
 */
export function onReadable(fd: number, callback: () => void): Readiness {
  // Before the set is opened, which would get the number of one that was closed.
  syscall("fcntl", fd, F_GETFD);
  const { set, watches, owners } = (loop ??= openLoop());
  const token = nextToken++;
  try {
    set.add(fd, token);
  } catch (error) {
    settle();
    throw error;
  }
  const watch: Watch = { fd, callback, keepsAlive: true };
  watches.set(token, watch);
  owners.set(fd, token);
  settle();
  const keepAlive = (keepsAlive: boolean) => (): void => {
    watch.keepsAlive = keepsAlive;
    settle();
  };
  return { close: () => stop(token), ref: keepAlive(true), unref: keepAlive(false) };
}

interface Watch {
  readonly fd: number;
  readonly callback: () => void;
  keepsAlive: boolean;
}

/**
 * The descriptors are in an epoll set of our own, and the event loop has that one set. libuv would
 * make each of them non-blocking, for all processes that share it; it refuses those that Node
 * watches too; and koffi 3.3 ends the process when libuv refuses.
 */
interface Loop {
  readonly set: EpollSet;
  readonly handle: LoopHandle;
  readonly watches: Map<number, Watch>;
  /** Who watches a descriptor now: its number may have come back after it was closed too early. */
  readonly owners: Map<number, number>;
}

let loop: Loop | undefined;
let nextToken = 0;

function openLoop(): Loop {
  const set = epollSet();
  return { set, handle: watchInLoop(set.fd, dispatch), watches: new Map(), owners: new Map() };
}

function stop(token: number): void {
  const watch = loop?.watches.get(token);
  if (loop === undefined || watch === undefined) return;
  loop.watches.delete(token);
  if (loop.owners.get(watch.fd) === token) {
    loop.owners.delete(watch.fd);
    forget(loop.set, watch.fd);
  }
  settle();
}

/** Closing the descriptor took it out of the set already, if that came first. */
function forget(set: EpollSet, fd: number): void {
  try {
    set.remove(fd);
  } catch (error) {
    if (!(error instanceof SyscallError && gone.has(error.code))) throw error;
  }
}

const gone: ReadonlySet<string> = new Set(["EBADF", "ENOENT"]);

/**
 * Keeps the event loop alive as long as a watch wants that; leaves nothing open when none is left.
 */
function settle(): void {
  if (loop === undefined) return;
  if (loop.watches.size === 0) {
    loop.handle.close();
    loop.set.close();
    loop = undefined;
    return;
  }
  for (const { keepsAlive } of loop.watches.values()) {
    if (!keepsAlive) continue;
    loop.handle.ref();
    return;
  }
  loop.handle.unref();
}

function dispatch(): void {
  for (const token of loop?.set.ready() ?? []) loop?.watches.get(token)?.callback();
}
