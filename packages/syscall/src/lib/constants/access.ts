/*
 * What `faccessat(2)` asks for; `F_OK`, whether the file exists, is zero.
 */

export const F_OK = 0;
export const R_OK = 4;
export const W_OK = 2;
export const X_OK = 1;
