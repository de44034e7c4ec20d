/*
 * How much an instruction of eBPF loads or stores: bits 3 and 4 of its code.
 */

export const BPF_W = 0x00;
export const BPF_H = 0x08;
export const BPF_B = 0x10;
export const BPF_DW = 0x18;
