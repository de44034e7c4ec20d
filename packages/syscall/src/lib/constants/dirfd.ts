/*
 * What may stand in place of a directory's descriptor in the `*at` calls: `openat(2)`.
 */

export const AT_FDCWD = -100;
