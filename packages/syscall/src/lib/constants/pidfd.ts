/*
 * Flags of `pidfd_open(2)`, in the numbers of `O_*` that are the same everywhere.
 */

export const PIDFD_NONBLOCK = 0x800;
export const PIDFD_THREAD = 0x80;
