/*
 * The execution domain of `personality(2)`.
 */

export const PER_LINUX = 0x0;
export const PER_LINUX32 = 0x8;
export const UNAME26 = 0x20000;
export const ADDR_NO_RANDOMIZE = 0x40000;
export const FDPIC_FUNCPTRS = 0x80000;
export const MMAP_PAGE_ZERO = 0x100000;
export const ADDR_COMPAT_LAYOUT = 0x200000;
export const READ_IMPLIES_EXEC = 0x400000;
export const ADDR_LIMIT_32BIT = 0x800000;
export const SHORT_INODE = 0x1000000;
export const WHOLE_SECONDS = 0x2000000;
export const STICKY_TIMEOUTS = 0x4000000;
export const ADDR_LIMIT_3GB = 0x8000000;
