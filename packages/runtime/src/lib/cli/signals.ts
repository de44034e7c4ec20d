import { readFileSync } from "node:fs";
import { signalNumber, type SignalName } from "@x/syscall";
import type { Launched } from "@x/plan";

/** What a person or a supervisor sends to a running command. */
const passed: readonly SignalName[] = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
  "SIGUSR1",
  "SIGUSR2",
  "SIGCONT",
  "SIGWINCH",
];
/** What would end a process that has no handler for it. */
const deadly = new Set<SignalName>([
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
  "SIGUSR1",
  "SIGUSR2",
]);

/** Signals of ours become the container's, until it ends. */
export interface Passing extends Disposable {
  /** Fires when a signal comes that ends everything before there is a container. */
  readonly early: AbortSignal;
  /** From here on this container gets the signals. */
  passTo(container: Launched): void;
  /** The signal that ended the container on our part. */
  endedBy(): SignalName | undefined;
}

/**
 * Passes signals on. A PID 1 that has no handler for a signal is immune to it (pid_namespaces(7)),
 * so a command that was not written to be one could not be interrupted: it is killed instead, as
 * the signal would have done to it anywhere else.
 */
export function passSignals(): Passing {
  const early = new AbortController();
  let container: Launched | undefined;
  let endedBy: SignalName | undefined;
  const pass = (name: SignalName): void => {
    if (container === undefined) {
      if (!deadly.has(name)) return;
      endedBy = name;
      early.abort();
    } else if (deadly.has(name) && isDeafTo(container.pid, name)) {
      endedBy = name;
      container.kill("SIGKILL");
    } else container.kill(name);
  };
  const handlers = passed.map((name) => [name, (): void => pass(name)] as const);
  for (const [name, handler] of handlers) process.on(name, handler);
  return {
    early: early.signal,
    passTo: (started) => void (container = started),
    endedBy: () => endedBy,
    [Symbol.dispose]() {
      for (const [name, handler] of handlers) process.off(name, handler);
    },
  };
}

/** Neither caught, nor ignored, nor blocked: proc_pid_status(5). */
function isDeafTo(pid: number, name: SignalName): boolean {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, "latin1");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false; // it has just ended
    throw error;
  }
  const bit = 1n << BigInt(signalNumber(name) - 1);
  return ["SigCgt", "SigIgn", "SigBlk"].every((field) => {
    const mask = new RegExp(`^${field}:\\s*([0-9a-f]+)`, "m").exec(status)?.[1] ?? "0";
    return (BigInt(`0x${mask}`) & bit) === 0n;
  });
}
