/*
 * Flags of `signalfd4(2)`.
 */

export const SFD_CLOEXEC = 0o2000000;
export const SFD_NONBLOCK = 0o4000;
