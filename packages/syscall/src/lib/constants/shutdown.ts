/*
 * Which half of a connection `shutdown(2)` ends.
 */

export const SHUT_RD = 0;
export const SHUT_WR = 1;
export const SHUT_RDWR = 2;
