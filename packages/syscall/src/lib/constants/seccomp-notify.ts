/*
 * Flags of a supervisor's answers: `seccomp_unotify(2)`.
 */

export const SECCOMP_USER_NOTIF_FLAG_CONTINUE = 0x1;
