/*
 * Where `bpf(BPF_PROG_ATTACH)` attaches a program: the places in a control group.
 */

export const BPF_CGROUP_INET_INGRESS = 0;
export const BPF_CGROUP_INET_EGRESS = 1;
export const BPF_CGROUP_INET_SOCK_CREATE = 2;
export const BPF_CGROUP_SOCK_OPS = 3;
export const BPF_CGROUP_DEVICE = 6;
export const BPF_CGROUP_SYSCTL = 18;
