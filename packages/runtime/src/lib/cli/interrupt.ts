import { signalNumber, type SignalName } from "@x/syscall";

/** Work of our own, which Ctrl-C ends in good order. */
export interface Interruptible extends Disposable {
  readonly signal: AbortSignal;
}

/** A signal ended the work. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly code = "X_INTERRUPTED";
  /** The exit status that tells of it: 128 and the signal's number. */
  readonly status: number;

  constructor(name: SignalName) {
    super(`interrupted by ${name}`);
    this.status = 128 + signalNumber(name);
  }
}

/** Turns the signals that would end this process into one that ends its work. */
export function interruptible(): Interruptible {
  const abort = new AbortController();
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const onSignal = (name: NodeJS.Signals): void => abort.abort(new Interrupted(name as SignalName));
  for (const name of names) process.once(name, onSignal);
  return {
    signal: abort.signal,
    [Symbol.dispose]() {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
