/*
 * Flags of `fsopen(2)`.
 */

export const FSOPEN_CLOEXEC = 0x1;
