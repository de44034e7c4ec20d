/*
 * Flags of `close_range(2)`.
 */

export const CLOSE_RANGE_UNSHARE = 0x2;
export const CLOSE_RANGE_CLOEXEC = 0x4;
