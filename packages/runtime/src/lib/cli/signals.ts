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
export interface Passing {
  /** The signal that ended the container on our part: its PID 1 would not have noticed it. */
  readonly endedBy: () => SignalName | undefined;
  stop(): void;
}

/**
 * Passes signals on. A PID 1 that has no handler for a signal is immune to it (pid_namespaces(7)),
 * so a command that was not written to be one could not be interrupted: it is killed instead, as
 * the signal would have done to it anywhere else.
 */
export function passSignals(container: Launched): Passing {
  let endedBy: SignalName | undefined;
  const handlers = passed.map((name) => {
    const handler = (): void => {
      if (deadly.has(name) && isDeafTo(container.pid, name)) {
        endedBy = name;
        container.kill("SIGKILL");
      } else container.kill(name);
    };
    process.on(name, handler);
    return [name, handler] as const;
  });
  return {
    endedBy: () => endedBy,
    stop: () => handlers.forEach(([name, handler]) => process.off(name, handler)),
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
