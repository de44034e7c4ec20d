import { syscall, SyscallError } from "@x/syscall";
import { isOrphaned } from "../mounts/owner.ts";
import { isRootOfMachine } from "../overlay/facts.ts";
import { getAttribute, setAttribute } from "../tree/attributes.ts";

/** What the directory that holds a copy says of it. */
export interface CopyState {
  /** Until `whole`, the copy is still being made. */
  readonly whole: boolean;
  /** The process that has it as the target of a union; none while it waits in an upper directory. */
  readonly owner?: string;
  /** Where it goes when the union ends. */
  readonly upper?: string;
}

/** Reads it; undefined where there is none. */
export function readState(directory: string): CopyState | undefined {
  const value = getAttribute(Buffer.from(directory), attribute());
  if (value === undefined) return undefined;
  try {
    const { whole, owner, upper } = JSON.parse(Buffer.from(value).toString()) as CopyState;
    return {
      whole: whole === true,
      ...(typeof owner === "string" ? { owner } : {}),
      ...(typeof upper === "string" ? { upper } : {}),
    };
  } catch {
    return undefined;
  }
}

/** Writes it. On a file system without such attributes, what is killed is not mended by itself. */
export function writeState(directory: string, state: CopyState | undefined): void {
  try {
    if (state === undefined) syscall("removexattr", directory, attribute());
    else setAttribute(Buffer.from(directory), attribute(), Buffer.from(JSON.stringify(state)));
  } catch (error) {
    if (error instanceof SyscallError && ["EOPNOTSUPP", "ENODATA"].includes(error.code)) return;
    throw error;
  }
}

/** Whether whoever had the copy in use has ended without taking it away. */
export function isForsaken(state: CopyState | undefined): state is CopyState {
  return state?.owner !== undefined && isOrphaned(state.owner);
}

/** Of root's, which nobody else writes, where it can be; file systems in memory know these too. */
function attribute(): string {
  return isRootOfMachine() ? "trusted.x.copy" : "user.x.copy";
}
