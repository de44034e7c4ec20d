/** The name of a signal, as Node writes it: `signal(7)`. */
export type SignalName = keyof typeof signals;

/** The number of a signal: `signalNumber("SIGKILL")` is 9. */
export function signalNumber(name: SignalName): number {
  return signals[name];
}

/** The name of a signal by its number; real-time signals (34 to 64) have none. */
export function signalName(number: number): SignalName | undefined {
  return names.get(number);
}

/** Whether a word names a signal. */
export function isSignalName(word: string): word is SignalName {
  return Object.hasOwn(signals, word);
}

/**
 * The same on x86-64 and arm64. Where a number has several names the last one is the usual name, and
 * the one `signalName` gives.
 */
export const signals = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGIOT: 6,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGPOLL: 29,
  SIGIO: 29,
  SIGPWR: 30,
  SIGSYS: 31,
} as const;

const names: ReadonlyMap<number, SignalName> = new Map(
  Object.entries(signals).map(([name, number]) => [number, name as SignalName]),
);
