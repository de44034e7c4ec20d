import { MNT_DETACH, syscall, SyscallError, UMOUNT_NOFOLLOW } from "@x/syscall";
import { UnionError } from "../error.ts";

/**
 * Takes the mount at a place away; none there is fine. `lazy`: out of sight at once, and gone with
 * the last who uses it. Throws UnionError `X_UNION_BUSY`. Source: umount(2).
 */
export function unmount(place: string, { lazy }: { readonly lazy: boolean }): void {
  try {
    syscall("umount2", place, UMOUNT_NOFOLLOW | (lazy ? MNT_DETACH : 0));
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    if (error.code === "EINVAL" || error.code === "ENOENT") return;
    if (error.code === "EBUSY") throw busy(place, error);
    throw new UnionError("X_UNION_MOUNT", error.message, { cause: error });
  }
}

/** The error of a mount that somebody works in. */
export function busy(place: string, cause: unknown): UnionError {
  return new UnionError("X_UNION_BUSY", `${JSON.stringify(place)} is in use`, {
    hint: "End the processes that work in it, or let go of it with `await using`",
    cause,
  });
}
