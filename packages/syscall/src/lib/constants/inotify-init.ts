/*
 * Flags of `inotify_init1(2)`.
 */

export const IN_CLOEXEC = 0o2000000;
export const IN_NONBLOCK = 0o4000;
