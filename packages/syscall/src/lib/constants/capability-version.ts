/* oxlint-disable no-underscore-dangle -- the kernel's names */

/*
 * The version in the header of `capget(2)` and `capset(2)`: two words of 32 bits for each set.
 */

export const _LINUX_CAPABILITY_VERSION_3 = 0x20080522;
