/*
 * Which programs `bpf(BPF_PROG_QUERY)` lists: with this, those of the groups above too.
 */

export const BPF_F_QUERY_EFFECTIVE = 0x1;
