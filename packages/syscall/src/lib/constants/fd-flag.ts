/*
 * What `fcntl(F_SETFD)` sets.
 */

export const FD_CLOEXEC = 1;
