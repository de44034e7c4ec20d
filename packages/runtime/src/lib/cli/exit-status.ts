import { signalNumber, type Exit } from "@x/syscall";
import { PlanError } from "@x/plan";
import { Interrupted } from "./interrupt.ts";
import { printable } from "./table.ts";

const FAILED = 1;
/** The container could not be made, or the command line makes no sense. */
const NOT_STARTED = 125;
/** The command is there but cannot be executed; it is not there. */
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

/** The exit status of a command, as shells, docker and podman put it. */
export function statusOf({ code, signal }: Exit): number {
  return code ?? 128 + signalNumber(signal!);
}

/** A program that could not be executed in a container that was made. */
class NotExecutedError extends Error {
  override readonly name = "NotExecutedError";
  readonly code = "X_NOT_EXECUTED";
  readonly status: number;

  constructor(program: string, { code, message }: PlanError) {
    const missing = code === "ENOENT" || code === "ENOTDIR";
    const where = program.includes("/") ? "there is no such file" : "it is not in the PATH";
    const reason = missing ? `${where} of the container (${code})` : message;
    super(`cannot run ${JSON.stringify(program)}: ${reason}`);
    this.status = missing ? NOT_FOUND : NOT_EXECUTABLE;
  }
}

/** The error as people are told it, if it is that a program could not be executed. */
export function explained(error: unknown, program: string): unknown {
  const isExec = error instanceof PlanError && error.syscall === "execve";
  return isExec ? new NotExecutedError(program, error) : error;
}

/**
 * The exit status of a command line that failed, and the reason in one line. Of those that run a
 * program, all statuses below 125 are the program's own.
 */
export function failureOf(error: unknown, runsProgram: boolean): [number, string] {
  const message = error instanceof Error ? error.message : String(error);
  const line = printable(message.replace(/\s*\n\s*/g, "; "));
  const isOwn = error instanceof NotExecutedError || error instanceof Interrupted;
  if (isOwn) return [error.status, line];
  return [runsProgram ? NOT_STARTED : FAILED, line];
}
