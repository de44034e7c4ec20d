/*
 * What `bpf(BPF_PROG_LOAD)` loads: programs that belong to a control group.
 */

export const BPF_PROG_TYPE_CGROUP_SKB = 8;
export const BPF_PROG_TYPE_CGROUP_SOCK = 9;
export const BPF_PROG_TYPE_CGROUP_DEVICE = 15;
export const BPF_PROG_TYPE_CGROUP_SYSCTL = 23;
