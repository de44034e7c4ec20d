/*
 * What `open_tree(2)` gives: the mount itself, or a detached copy. `AT_*` flags apply too.
 */

export const OPEN_TREE_CLONE = 0x1;
export const OPEN_TREE_CLOEXEC = 0x80000;
