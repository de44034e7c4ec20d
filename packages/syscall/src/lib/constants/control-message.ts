/*
 * The kinds of control message of level `SOL_SOCKET`: `unix(7)`.
 */

export const SCM_RIGHTS = 1;
export const SCM_CREDENTIALS = 2;
export const SCM_SECURITY = 3;
export const SCM_PIDFD = 4;
