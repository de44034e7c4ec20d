import { dirfd, fd, int, path, pid, pointer, signal, size, string, uint } from "../parameter.ts";
import type { Signatures } from "../parameter.ts";

type Name =
  | "clone"
  | "clone3"
  | "unshare"
  | "setns"
  | "execve"
  | "execveat"
  | "exit"
  | "exit_group"
  | "wait4"
  | "waitid"
  | "getpid"
  | "getppid"
  | "gettid"
  | "getpgid"
  | "setpgid"
  | "getsid"
  | "setsid"
  | "prctl"
  | "seccomp"
  | "pidfd_open"
  | "pidfd_getfd"
  | "pidfd_send_signal"
  | "kill"
  | "tgkill"
  | "rt_sigaction"
  | "rt_sigprocmask"
  | "rt_sigpending"
  | "rt_sigsuspend"
  | "rt_sigtimedwait"
  | "rt_sigqueueinfo"
  | "signalfd4"
  | "ptrace"
  | "process_vm_readv"
  | "process_vm_writev"
  | "kcmp"
  | "personality"
  | "sethostname"
  | "setdomainname"
  | "uname"
  | "reboot"
  | "getrandom"
  | "bpf"
  | "process_mrelease";

/** Processes, their namespaces and signals. */
export const processes: Signatures<Name> = {
  // arm64 takes `tls` before `child_tid` (CONFIG_CLONE_BACKWARDS): use clone3 in code for both.
  clone: [
    size("flags", "clone"),
    pointer("stack"),
    pointer("parent_tid"),
    pointer("child_tid"),
    size("tls"),
  ],
  clone3: [pointer("cl_args"), size("size")],
  unshare: [uint("flags", "clone")],
  setns: [fd("fd"), uint("nstype", "clone")],
  execve: [path("pathname"), pointer("argv"), pointer("envp")],
  execveat: [
    dirfd("dirfd"),
    path("pathname"),
    pointer("argv"),
    pointer("envp"),
    int("flags", "at"),
  ],
  exit: [int("status")],
  exit_group: [int("status")],
  wait4: [pid("pid"), pointer("wstatus"), int("options", "wait"), pointer("rusage")],
  waitid: [
    int("idtype", "waitid"),
    pid("id"),
    pointer("infop"),
    int("options", "wait"),
    pointer("rusage"),
  ],
  getpid: [],
  getppid: [],
  gettid: [],
  getpgid: [pid("pid")],
  setpgid: [pid("pid"), pid("pgid")],
  getsid: [pid("pid")],
  setsid: [],
  prctl: [int("op", "prctl"), pointer("arg2"), pointer("arg3"), pointer("arg4"), pointer("arg5")],
  seccomp: [uint("operation", "seccomp"), uint("flags", "seccomp_filter"), pointer("args")],
  pidfd_open: [pid("pid"), uint("flags", "pidfd")],
  pidfd_getfd: [fd("pidfd"), fd("targetfd"), uint("flags")],
  pidfd_send_signal: [fd("pidfd"), signal("sig"), pointer("info"), uint("flags", "pidfd_signal")],
  kill: [pid("pid"), signal("sig")],
  tgkill: [pid("tgid"), pid("tid"), signal("sig")],
  rt_sigaction: [signal("signum"), pointer("act"), pointer("oldact"), size("sigsetsize")],
  rt_sigprocmask: [
    int("how", "sigprocmask"),
    pointer("set"),
    pointer("oldset"),
    size("sigsetsize"),
  ],
  rt_sigpending: [pointer("set"), size("sigsetsize")],
  rt_sigsuspend: [pointer("mask"), size("sigsetsize")],
  rt_sigtimedwait: [pointer("set"), pointer("info"), pointer("timeout"), size("sigsetsize")],
  rt_sigqueueinfo: [pid("tgid"), signal("sig"), pointer("info")],
  signalfd4: [fd("fd"), pointer("mask"), size("sizemask"), int("flags", "signalfd")],
  ptrace: [size("op"), pid("pid"), pointer("addr"), pointer("data")],
  process_vm_readv: [
    pid("pid"),
    pointer("local_iov"),
    size("liovcnt"),
    pointer("remote_iov"),
    size("riovcnt"),
    size("flags"),
  ],
  process_vm_writev: [
    pid("pid"),
    pointer("local_iov"),
    size("liovcnt"),
    pointer("remote_iov"),
    size("riovcnt"),
    size("flags"),
  ],
  kcmp: [pid("pid1"), pid("pid2"), int("type", "kcmp"), size("idx1"), size("idx2")],
  personality: [uint("persona", "personality")],
  sethostname: [string("name"), int("len")],
  setdomainname: [string("name"), int("len")],
  uname: [pointer("buf")],
  reboot: [uint("magic"), uint("magic2"), uint("op"), pointer("arg")],
  getrandom: [pointer("buf"), size("buflen"), uint("flags", "random")],
  bpf: [int("cmd", "bpf"), pointer("attr"), uint("size")],
  process_mrelease: [fd("pidfd"), uint("flags")],
};
