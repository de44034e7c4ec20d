/*
 * How `bpf(BPF_PROG_ATTACH)` treats the programs that are attached already.
 */

export const BPF_F_ALLOW_OVERRIDE = 0x1;
export const BPF_F_ALLOW_MULTI = 0x2;
export const BPF_F_REPLACE = 0x4;
export const BPF_F_BEFORE = 0x8;
export const BPF_F_AFTER = 0x10;
export const BPF_F_ID = 0x20;
export const BPF_F_PREORDER = 0x40;
