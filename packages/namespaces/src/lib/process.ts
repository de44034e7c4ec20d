import type { Exit, SignalName } from "@x/syscall";
import type { Readable, Writable } from "node:stream";

/** A command at work in other namespaces. Disposing of it kills and reaps it. */
export interface NamespacedProcess extends AsyncDisposable {
  /** Its pid as this process counts. */
  readonly pid: number;
  /** Its streams, where they are pipes. */
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** How it ended; it has been reaped by then. */
  readonly exited: Promise<Exit>;
  /**
   * Sends it a signal, SIGTERM unless given; false when it has ended. The first process of a PID
   * namespace gets SIGKILL and SIGSTOP, and of the others only those for which it has a handler.
   */
  kill(signal?: SignalName): boolean;
}
