/*
 * What `unlinkat(2)` removes. The same bit means something else in `faccessat2(2)`.
 */

export const AT_REMOVEDIR = 0x200;
