/** The name of a signal, as Node writes it, and those of real-time signals: `signal(7)`. */
export type SignalName = keyof typeof signals;

/** The number of a signal: `signalNumber("SIGKILL")` is 9. */
export function signalNumber(name: SignalName): number {
  return signals[name];
}

/**
 * The name of a signal by its number; 32 and 33, which the C libraries keep to themselves, have
 * none.
 */
export function signalName(number: number): SignalName | undefined {
  return names.get(number);
}

/** Whether a word names a signal. */
export function isSignalName(word: string): word is SignalName {
  return Object.hasOwn(signals, word);
}

/**
 * The same on x86-64 and arm64, the real-time signals as the C libraries and shells count them.
 * Where a number has several names the last one is the usual name, and the one `signalName` gives.
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
  SIGRTMIN: 34,
  "SIGRTMIN+1": 35,
  "SIGRTMIN+2": 36,
  "SIGRTMIN+3": 37,
  "SIGRTMIN+4": 38,
  "SIGRTMIN+5": 39,
  "SIGRTMIN+6": 40,
  "SIGRTMIN+7": 41,
  "SIGRTMIN+8": 42,
  "SIGRTMIN+9": 43,
  "SIGRTMIN+10": 44,
  "SIGRTMIN+11": 45,
  "SIGRTMIN+12": 46,
  "SIGRTMIN+13": 47,
  "SIGRTMIN+14": 48,
  "SIGRTMIN+15": 49,
  "SIGRTMAX-14": 50,
  "SIGRTMAX-13": 51,
  "SIGRTMAX-12": 52,
  "SIGRTMAX-11": 53,
  "SIGRTMAX-10": 54,
  "SIGRTMAX-9": 55,
  "SIGRTMAX-8": 56,
  "SIGRTMAX-7": 57,
  "SIGRTMAX-6": 58,
  "SIGRTMAX-5": 59,
  "SIGRTMAX-4": 60,
  "SIGRTMAX-3": 61,
  "SIGRTMAX-2": 62,
  "SIGRTMAX-1": 63,
  SIGRTMAX: 64,
} as const;

const names: ReadonlyMap<number, SignalName> = new Map(
  Object.entries(signals).map(([name, number]) => [number, name as SignalName]),
);
