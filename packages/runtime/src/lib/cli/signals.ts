import { readFileSync } from "node:fs";
import { signalNumber, syscallNumber, thisArch, type SignalName } from "@x/syscall";
import type { Launched } from "@x/plan";

/** What would end a process that has no handler for it. */
const deadly: ReadonlySet<SignalName> = new Set<SignalName>([
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
  "SIGUSR1",
  "SIGUSR2",
]);
/** What a person or a supervisor sends to a running command. */
const passed: readonly SignalName[] = [...deadly, "SIGCONT", "SIGWINCH"];

const RECHECKS_MS: readonly number[] = [20, 100];

/** Signals of ours become the container's, until it ends. */
export interface Passing extends Disposable {
  /** Fires when a second deadly signal comes before there is a container to take the first. */
  readonly early: AbortSignal;
  /** From here on this container gets the signals. */
  passTo(container: Launched): void;
  /** The signal that ended the container on our part. */
  endedBy(): SignalName | undefined;
}

/**
 * Passes signals on. A PID 1 that has no handler for a signal is immune to it (pid_namespaces(7)),
 * so a command that was not written to be one could not be interrupted: it is killed instead, as
 * the signal would have done to it anywhere else. SIGTERM, which asks for an end, becomes the signal
 * that an image's program takes for it.
 */
export function passSignals(stopSignal: SignalName = "SIGTERM"): Passing {
  const early = new AbortController();
  let container: Launched | undefined;
  let endedBy: SignalName | undefined;
  const waiting: SignalName[] = [];
  const pass = (name: SignalName): void => {
    if (container === undefined) {
      if (deadly.has(name) && waiting.some((one) => deadly.has(one))) {
        endedBy = name;
        early.abort();
      }
      waiting.push(name);
    } else deliver(container, name, RECHECKS_MS);
  };
  /** A shell blocks signals for a moment before it waits: what is blocked is looked at again. */
  const deliver = (to: Launched, name: SignalName, rechecks: readonly number[]): void => {
    const ends = deadly.has(name) || name === stopSignal;
    const how = ends ? hearing(to.pid, name) : "listening";
    if (how === "deaf") {
      endedBy = name;
      to.kill("SIGKILL");
      return;
    }
    if (rechecks === RECHECKS_MS) to.kill(name);
    const [next, ...later] = rechecks;
    if (how !== "blocking" || next === undefined) return;
    setTimeout(deliver, next, to, name, later).unref();
  };
  const handlers = passed.map(
    (name) => [name, (): void => pass(name === "SIGTERM" ? stopSignal : name)] as const,
  );
  for (const [name, handler] of handlers) process.on(name, handler);
  return {
    early: early.signal,
    passTo(started) {
      container = started;
      for (const name of waiting.splice(0)) pass(name);
    },
    endedBy: () => endedBy,
    [Symbol.dispose]() {
      for (const [name, handler] of handlers) process.off(name, handler);
    },
  };
}

/** How a process takes a signal. */
type Hearing = "deaf" | "listening" | "blocking" | "gone";

/**
 * `deaf`: neither caught, nor ignored, nor blocked, nor waited for. Source: proc_pid_status(5). A
 * signal that sigtimedwait(2) waits for does not show as blocked, so the call itself is looked at.
 */
function hearing(pid: number, name: SignalName): Hearing {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    const bit = 1n << BigInt(signalNumber(name) - 1);
    const has = (field: string): boolean => {
      const mask = new RegExp(`^${field}:\\s*([0-9a-f]+)`, "m").exec(status)?.[1] ?? "0";
      return (BigInt(`0x${mask}`) & bit) !== 0n;
    };
    if (has("SigCgt") || has("SigIgn")) return "listening";
    if (has("SigBlk")) return "blocking";
    const [call] = readFileSync(`/proc/${pid}/syscall`, "latin1").split(" ");
    return Number(call) === syscallNumber("rt_sigtimedwait", thisArch()) ? "listening" : "deaf";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return "gone";
    // Nobody may look into an init of ours, and that one does listen.
    if (code === "EACCES" || code === "EPERM") return "listening";
    throw error;
  }
}
