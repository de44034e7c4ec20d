/*
 * Which fields `statx(2)` fills in.
 */

export const STATX_TYPE = 0x00000001;
export const STATX_MODE = 0x00000002;
export const STATX_NLINK = 0x00000004;
export const STATX_UID = 0x00000008;
export const STATX_GID = 0x00000010;
export const STATX_ATIME = 0x00000020;
export const STATX_MTIME = 0x00000040;
export const STATX_CTIME = 0x00000080;
export const STATX_INO = 0x00000100;
export const STATX_SIZE = 0x00000200;
export const STATX_BLOCKS = 0x00000400;
export const STATX_BASIC_STATS = 0x000007ff;
export const STATX_BTIME = 0x00000800;
export const STATX_MNT_ID = 0x00001000;
export const STATX_DIOALIGN = 0x00002000;
export const STATX_MNT_ID_UNIQUE = 0x00004000;
export const STATX_SUBVOL = 0x00008000;
export const STATX_WRITE_ATOMIC = 0x00010000;
export const STATX_DIO_READ_ALIGN = 0x00020000;
