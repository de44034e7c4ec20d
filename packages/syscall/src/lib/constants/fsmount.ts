/*
 * Flags of `fsmount(2)`.
 */

export const FSMOUNT_CLOEXEC = 0x1;
