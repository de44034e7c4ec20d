/*
 * Whose rights `faccessat2(2)` tests. The same bit means something else in `unlinkat(2)`.
 */

export const AT_EACCESS = 0x200;
