/*
 * How an instruction of eBPF that loads or stores addresses: bits 5 to 7 of its code.
 */

export const BPF_IMM = 0x00;
export const BPF_ABS = 0x20;
export const BPF_IND = 0x40;
export const BPF_MEM = 0x60;
export const BPF_ATOMIC = 0xc0;
