/*
 * Where `listmount(2)` begins: the root of the mount namespace.
 */

export const LSMT_ROOT = -1;
