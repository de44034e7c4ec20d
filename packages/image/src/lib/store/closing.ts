import { readSync } from "node:fs";
import {
  Descriptor,
  IN_CLOEXEC,
  IN_CLOSE_WRITE,
  IN_NONBLOCK,
  onReadable,
  syscall,
  SyscallError,
  type Readiness,
} from "@x/syscall";

/** Somebody who wants to hear of a file. */
export interface Listener {
  /** Stops; the second time it does nothing. */
  close(): void;
}

/**
 * Calls back whenever somebody who had the file of a descriptor open for writing closes it, by
 * ending as well. All of a process share one inotify instance, of which a user has few; where there
 * is none left it calls back twenty times a second instead. Source: inotify(7).
 */
export function onClosing(fd: number, heard: () => void): Listener {
  let watching: Watching;
  try {
    watching = shared ??= start();
  } catch (error) {
    if (!(error instanceof SyscallError) || error.code !== "EMFILE") throw error;
    const timer = setInterval(heard, 50);
    return { close: () => clearInterval(timer) };
  }
  const { inotify, listeners } = watching;
  let watch: number;
  try {
    // By descriptor: another file may have the name by now.
    watch = syscall("inotify_add_watch", inotify.fd, `/proc/self/fd/${fd}`, IN_CLOSE_WRITE);
  } catch (error) {
    endIfUnused(watching);
    throw error;
  }
  const all = listeners.get(watch) ?? new Set();
  listeners.set(watch, all);
  // A function of its own, for one may be given twice.
  const listener = (): void => heard();
  all.add(listener);
  const close = (): void => {
    if (!all.delete(listener) || all.size > 0) return;
    listeners.delete(watch);
    syscall("inotify_rm_watch", inotify.fd, watch);
    endIfUnused(watching);
  };
  return { close };
}

interface Watching {
  readonly inotify: Descriptor;
  readonly readiness: Readiness;
  /** By watch: of one file there is one. */
  readonly listeners: Map<number, Set<() => void>>;
}

let shared: Watching | undefined;

function start(): Watching {
  const inotify = new Descriptor(syscall("inotify_init1", IN_CLOEXEC | IN_NONBLOCK));
  const listeners: Watching["listeners"] = new Map();
  try {
    const readiness = onReadable(inotify.fd, () => {
      for (const watch of read(inotify.fd)) {
        // Those that are lost (-1) may have been of any file.
        const told = watch === -1 ? [...listeners.values()] : [listeners.get(watch) ?? []];
        for (const all of told) for (const listener of [...all]) listener();
      }
    });
    return { inotify, readiness, listeners };
  } catch (error) {
    inotify.close();
    throw error;
  }
}

function endIfUnused(watching: Watching): void {
  if (watching.listeners.size > 0) return;
  shared = undefined;
  watching.readiness.close();
  watching.inotify.close();
}

const buffer = Buffer.alloc(16 * 256);

/** The watches that there is news of: `struct inotify_event`, here always without a name. */
function read(fd: number): Set<number> {
  const watches = new Set<number>();
  const length = readSync(fd, buffer);
  for (let at = 0; at < length; at += 16 + buffer.readUInt32LE(at + 12)) {
    watches.add(buffer.readInt32LE(at));
  }
  return watches;
}
