/*
 * The second argument of `prctl(PR_CAP_AMBIENT)`: `PR_CAP_AMBIENT(2const)`.
 */

export const PR_CAP_AMBIENT_IS_SET = 1;
export const PR_CAP_AMBIENT_RAISE = 2;
export const PR_CAP_AMBIENT_LOWER = 3;
export const PR_CAP_AMBIENT_CLEAR_ALL = 4;
