/*
 * What `rt_sigprocmask(2)` does with the set.
 */

export const SIG_BLOCK = 0;
export const SIG_UNBLOCK = 1;
export const SIG_SETMASK = 2;
