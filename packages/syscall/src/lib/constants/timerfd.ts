/*
 * Flags of `timerfd_create(2)`.
 */

export const TFD_CLOEXEC = 0o2000000;
export const TFD_NONBLOCK = 0o4000;
