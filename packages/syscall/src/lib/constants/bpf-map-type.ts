/*
 * What `bpf(BPF_MAP_CREATE)` makes.
 */

export const BPF_MAP_TYPE_HASH = 1;
export const BPF_MAP_TYPE_ARRAY = 2;
