/*
 * What the second operand of an instruction of eBPF is: bit 3 of its code.
 */

export const BPF_K = 0x00;
export const BPF_X = 0x08;
