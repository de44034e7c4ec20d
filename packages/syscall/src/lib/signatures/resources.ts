import { fd, int, pid, pointer, size, uint } from "../parameter.ts";
import type { Signatures } from "../parameter.ts";

type Name =
  | "prlimit64"
  | "getrlimit"
  | "setrlimit"
  | "getpriority"
  | "setpriority"
  | "ioprio_get"
  | "ioprio_set"
  | "sched_setscheduler"
  | "sched_setattr"
  | "sched_getattr"
  | "sched_setaffinity"
  | "sched_getaffinity"
  | "sched_yield"
  | "set_mempolicy"
  | "mbind"
  | "mmap"
  | "munmap"
  | "mprotect"
  | "mlock"
  | "mlockall"
  | "madvise"
  | "clock_gettime"
  | "clock_settime"
  | "clock_nanosleep"
  | "nanosleep"
  | "timerfd_create"
  | "timerfd_settime"
  | "timerfd_gettime"
  | "futex"
  | "set_tid_address"
  | "io_uring_setup"
  | "getcpu"
  | "getrusage"
  | "sysinfo"
  | "times";

/** Limits, priorities, processors, memory and time. */
export const resources: Signatures<Name> = {
  prlimit64: [pid("pid"), uint("resource", "rlimit"), pointer("new_limit"), pointer("old_limit")],
  getrlimit: [uint("resource", "rlimit"), pointer("rlim")],
  setrlimit: [uint("resource", "rlimit"), pointer("rlim")],
  getpriority: [int("which", "priority"), pid("who")],
  setpriority: [int("which", "priority"), pid("who"), int("prio")],
  ioprio_get: [int("which", "ioprio"), pid("who")],
  ioprio_set: [int("which", "ioprio"), pid("who"), int("ioprio")],
  sched_setscheduler: [pid("pid"), int("policy", "sched"), pointer("param")],
  sched_setattr: [pid("pid"), pointer("attr"), uint("flags")],
  sched_getattr: [pid("pid"), pointer("attr"), uint("size"), uint("flags")],
  sched_setaffinity: [pid("pid"), uint("cpusetsize"), pointer("mask")],
  sched_getaffinity: [pid("pid"), uint("cpusetsize"), pointer("mask")],
  sched_yield: [],
  set_mempolicy: [int("mode", "mempolicy"), pointer("nodemask"), size("maxnode")],
  mbind: [
    pointer("addr"),
    size("len"),
    size("mode", "mempolicy"),
    pointer("nodemask"),
    size("maxnode"),
    uint("flags"),
  ],
  mmap: [
    pointer("addr"),
    size("length"),
    size("prot", "protection"),
    size("flags", "mapping"),
    fd("fd"),
    size("offset"),
  ],
  munmap: [pointer("addr"), size("length")],
  mprotect: [pointer("addr"), size("size"), size("prot", "protection")],
  mlock: [pointer("addr"), size("size")],
  mlockall: [int("flags")],
  madvise: [pointer("addr"), size("size"), int("advice")],
  clock_gettime: [int("clockid", "clock"), pointer("tp")],
  clock_settime: [int("clockid", "clock"), pointer("tp")],
  clock_nanosleep: [
    int("clockid", "clock"),
    int("flags", "timer"),
    pointer("t"),
    pointer("remain"),
  ],
  nanosleep: [pointer("duration"), pointer("rem")],
  timerfd_create: [int("clockid", "clock"), int("flags", "timerfd")],
  timerfd_settime: [fd("fd"), int("flags", "timer"), pointer("new_value"), pointer("old_value")],
  timerfd_gettime: [fd("fd"), pointer("curr_value")],
  futex: [
    pointer("uaddr"),
    int("futex_op"),
    uint("val"),
    pointer("timeout"),
    pointer("uaddr2"),
    uint("val3"),
  ],
  set_tid_address: [pointer("tidptr")],
  io_uring_setup: [uint("entries"), pointer("p")],
  getcpu: [pointer("cpu"), pointer("node"), pointer("tcache")],
  getrusage: [int("who"), pointer("usage")],
  sysinfo: [pointer("info")],
  times: [pointer("buf")],
};
