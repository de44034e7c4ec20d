/*
 * What kind of id `waitid(2)` takes.
 */

export const P_ALL = 0;
export const P_PID = 1;
export const P_PGID = 2;
export const P_PIDFD = 3;
