/*
 * What `prctl(PR_SET_SECUREBITS)` takes away from user 0: `capabilities(7)`.
 */

export const SECBIT_NOROOT = 0x1;
export const SECBIT_NOROOT_LOCKED = 0x2;
export const SECBIT_NO_SETUID_FIXUP = 0x4;
export const SECBIT_NO_SETUID_FIXUP_LOCKED = 0x8;
export const SECBIT_KEEP_CAPS = 0x10;
export const SECBIT_KEEP_CAPS_LOCKED = 0x20;
export const SECBIT_NO_CAP_AMBIENT_RAISE = 0x40;
export const SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED = 0x80;
