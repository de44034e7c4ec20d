import { closeSync, constants, openSync } from "node:fs";
import { LOCK_EX, LOCK_NB, syscall, SyscallError } from "@x/syscall";
import { UnionError } from "../error.ts";

/**
 * Takes a work directory for oneself: the kernel does not keep two unions from one upper directory,
 * and says that anything may happen then. Returns what lets go of it; so does the end of the process.
 * Throws UnionError `X_UNION_BUSY`. Source: flock(2).
 */
export function claim(work: string): () => void {
  const fd = openSync(work, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    syscall("flock", fd, LOCK_EX | LOCK_NB);
  } catch (error) {
    closeSync(fd);
    if (!(error instanceof SyscallError) || error.code !== "EAGAIN") throw error;
    throw new UnionError("X_UNION_BUSY", `${JSON.stringify(work)} is another union's`, {
      field: "work",
      hint: "Unmount that one first: an upper directory can be in one union only",
      cause: error,
    });
  }
  return () => closeSync(fd);
}
