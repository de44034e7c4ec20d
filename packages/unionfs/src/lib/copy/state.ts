import { getAttribute, setAttribute } from "../tree/attributes.ts";
import { SyscallError, syscall } from "@x/syscall";
import { isRootOfMachine } from "../overlay/facts.ts";

/** How far a copy has come: `whole`, or still `copying`. */
export type CopyState = "whole" | "copying";

/** What the directory that holds a copy says of it; undefined when it holds none. */
export function readState(directory: string): CopyState | undefined {
  const value = getAttribute(Buffer.from(directory), name());
  const text = value === undefined ? undefined : Buffer.from(value).toString();
  return text === "whole" || text === "copying" ? text : undefined;
}

/** Says it. A file system without such attributes lets it be: what is killed there is not mended. */
export function writeState(directory: string, state: CopyState | undefined): void {
  try {
    if (state !== undefined) setAttribute(Buffer.from(directory), name(), Buffer.from(state));
    else syscall("removexattr", directory, name());
  } catch (error) {
    if (error instanceof SyscallError && ["EOPNOTSUPP", "ENODATA"].includes(error.code)) return;
    throw error;
  }
}

function name(): string {
  return isRootOfMachine() ? "trusted.x.copy" : "user.x.copy";
}
