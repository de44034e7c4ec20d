/*
 * What a process wants of a device: bits 16 and up of what a `BPF_CGROUP_DEVICE` program is given.
 */

export const BPF_DEVCG_ACC_MKNOD = 0x1;
export const BPF_DEVCG_ACC_READ = 0x2;
export const BPF_DEVCG_ACC_WRITE = 0x4;
