import { layouts, signalNumber, type ErrnoName, type SyscallName } from "@x/syscall";
import {
  channel,
  internal,
  memory,
  struct,
  type FieldValue,
  type Result,
  type Struct,
  type Value,
} from "./value.ts";

/** What every step can carry besides its act. */
export interface StepOptions {
  /** What the step is for, in a few words; `explain` prints it and errors quote it. */
  readonly why?: string;
  /** Which part of the caller's input the step comes from (`mounts[2].source`); errors carry it. */
  readonly field?: string;
}

/** What a call can carry besides its arguments. */
export interface CallOptions extends StepOptions {
  /** A name under which later steps find the result. */
  readonly as?: string;
  /** Errors that do not end the plan; the result is then the negative error number. */
  readonly tolerate?: readonly ErrnoName[];
  /** The only result that is right; any other one ends the plan. */
  readonly expect?: number;
}

/** One system call. */
export interface Call extends CallOptions {
  readonly kind: "call";
  readonly call: SyscallName;
  readonly args: readonly Value[];
}

/** A new process that has steps of its own: `clone3(2)`. The parent goes on with the next step. */
export interface Fork extends StepOptions {
  readonly kind: "fork";
  readonly args: Struct;
  readonly child: readonly Step[];
  readonly as: string;
}

/** Replaces the process by the first of `files` that can be executed, as `execvp(3)` does. */
export interface Exec extends StepOptions {
  readonly kind: "exec";
  readonly files: readonly string[];
  readonly argv: readonly (string | Uint8Array)[];
  readonly env: readonly (string | Uint8Array)[];
}

/** Waits for one process and then exits the way it exited, by code or by signal. */
export interface ExitAs extends StepOptions {
  readonly kind: "exitAs";
  readonly pid: Result;
}

/** Passes signals on to one process, reaps every orphan, and exits the way that process exits. */
export interface Reap extends StepOptions {
  readonly kind: "reap";
  readonly pid: Result;
  /** A seccomp listener that hears of SIGKILL to PID 1. */
  readonly listener?: Result;
}

/** Tells the Node process a number. */
export interface Report extends StepOptions {
  readonly kind: "report";
  readonly name: string;
  readonly value: Result;
}

/** Blocks until the Node process answers. */
export interface Answer extends StepOptions {
  readonly kind: "answer";
}

/** One line of a plan, as plain data. */
export type Step = Call | Fork | Exec | ExitAs | Reap | Report | Answer;

/** A container, or any other errand: a list of system calls. */
export type Plan = readonly Step[];

/**
 * A system call by name, with its arguments in the order of its man page. Whoever reads the plan
 * refuses what the kernel could not be asked: a call that nobody has heard of, a seventh argument.
 */
export function step(
  call: SyscallName,
  args: readonly Value[] = [],
  options: CallOptions = {},
): Call {
  return { kind: "call", call, args, ...options };
}

/**
 * A child with steps of its own, made by `clone3(2)`.
 * `args` are the fields of `struct clone_args`; `exit_signal` is SIGCHLD unless given.
 * The child must end with {@link exec}, {@link exitAs}, {@link reap} or `exit_group`.
 */
export function fork(
  args: Readonly<Record<string, FieldValue>>,
  child: readonly Step[],
  options: StepOptions & { readonly as: string },
): Fork {
  const all = struct(layouts.clone_args, {
    ...args,
    exit_signal: args["exit_signal"] ?? signalNumber("SIGCHLD"),
  });
  return { kind: "fork", args: all, child, ...options };
}

/**
 * `execve(2)` of the first of `files` that can be executed. ENOENT, ENOTDIR and EACCES move on to
 * the next one; when none is left the plan fails with EACCES if any file gave that, as
 * `execvp(3)` does. A launcher that fails here exits with 127 (nothing found) or 126.
 */
export function exec(
  files: readonly string[],
  argv: readonly (string | Uint8Array)[],
  env: readonly (string | Uint8Array)[],
  options: StepOptions = {},
): Exec {
  return { kind: "exec", files, argv, env, ...options };
}

/**
 * Waits for one process, then exits with the same code or by the same signal. A signal that comes
 * meanwhile is not passed on. Source: wait4(2).
 */
export function exitAs(pid: Result, options: StepOptions = {}): ExitAs {
  return { kind: "exitAs", pid, ...options };
}

/**
 * The loop of an init: signals are passed on to `pid` (SIGINT and SIGQUIT to its process group, as a
 * terminal would), orphans are reaped, and the process exits
 * the way `pid` exits. A real PID 1 cannot end itself by a signal and exits with 128 + n.
 *
 * The first process of a PID namespace is immune even to a SIGKILL from inside. With a seccomp
 * `listener` that hears of such calls (`seccomp_unotify(2)`), one that sends it to itself dies of
 * it like any other process; from whomever else it stays what the kernel makes of it.
 */
export function reap(
  pid: Result,
  options: StepOptions & { readonly listener?: Result } = {},
): Reap {
  return { kind: "reap", pid, ...options };
}

/**
 * Tells the Node process the number `value` under `name`: it is then among the `reports` of the
 * launch. Left out where there is no channel.
 */
export function report(name: string, value: Result, options: StepOptions = {}): Report {
  return { kind: "report", name, value, ...options };
}

/**
 * Blocks until the `answer` of the launch has come back from what it had to do; the plan fails
 * when that has failed, or Node is gone. Left out where there is no channel.
 */
export function answer(options: StepOptions = {}): Answer {
  return { kind: "answer", ...options };
}

/** The step that reads the answer, as `answer` performs it. */
export const answerCall: Call = step("read", [channel, memory(internal("answer"), 1), 1], {
  expect: 1,
});
