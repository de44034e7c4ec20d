/*
 * The kind of a device: bits 0 to 15 of what a `BPF_CGROUP_DEVICE` program is given.
 */

export const BPF_DEVCG_DEV_BLOCK = 1;
export const BPF_DEVCG_DEV_CHAR = 2;
