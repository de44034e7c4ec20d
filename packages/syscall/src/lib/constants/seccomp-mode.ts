/*
 * The second argument of `prctl(PR_SET_SECCOMP)`, and what `/proc/PID/status` shows as `Seccomp`.
 */

export const SECCOMP_MODE_DISABLED = 0;
export const SECCOMP_MODE_STRICT = 1;
export const SECCOMP_MODE_FILTER = 2;
