import { signalNumber, type Exit } from "@x/syscall";
import { PlanError } from "@x/plan";

/** The container could not be made, or the command line makes no sense. */
const NOT_STARTED = 125;
/** The command is there but cannot be executed; it is not there. */
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

/** The exit status of a command, as shells, docker and podman put it. */
export function statusOf({ code, signal }: Exit): number {
  return code ?? 128 + signalNumber(signal!);
}

/** The exit status when there was no command to have one, and the reason in one line. */
export function failureOf(error: unknown, args: readonly string[]): [number, string] {
  if (error instanceof PlanError && error.syscall === "execve") {
    const name = JSON.stringify(args[0] ?? "");
    if (error.code === "ENOENT" || error.code === "ENOTDIR") {
      const where = args[0]?.includes("/") ? "there is no such file" : "it is not in the PATH";
      return [NOT_FOUND, `cannot run ${name}: ${where} of the container (${error.code})`];
    }
    return [NOT_EXECUTABLE, `cannot run ${name}: ${error.message}`];
  }
  return [NOT_STARTED, error instanceof Error ? error.message : String(error)];
}
