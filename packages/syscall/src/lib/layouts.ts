import { bpf } from "./layouts/bpf.ts";
import type { BpfLayoutName } from "./layouts/bpf.ts";
import { layout } from "./struct-layout.ts";
import type { StructLayout } from "./struct-layout.ts";

/** The structs of the vocabulary, by the kernel's names (`siginfo` is `siginfo_t`). */
export type LayoutName =
  | BpfLayoutName
  | "cap_header"
  | "cap_data"
  | "clone_args"
  | "cmsg_fd"
  | "ifreq_flags"
  | "inotify_event"
  | "iovec"
  | "itimerspec"
  | "mnt_id_req"
  | "mount_attr"
  | "msghdr"
  | "open_how"
  | "pollfd"
  | "rlimit64"
  | "sched_attr"
  | "siginfo"
  | "sockaddr_nl"
  | "sock_filter"
  | "sock_fprog"
  | "statfs"
  | "statx"
  | "timespec"
  | "ucred"
  | "winsize";

/**
 * The structs that calls about containers take. A struct whose layout depends on the architecture
 * (`stat`, `epoll_event`) is not here: `statx` and `ppoll` do the same everywhere.
 */
export const layouts: Readonly<Record<LayoutName, StructLayout>> = {
  ...bpf,
  /** `capset(2)` */
  cap_header: layout("cap_header", [
    ["version", 4],
    ["pid", 4],
  ]),
  /** `capset(2)`: the two words of 32 bits that version 3 of the header announces. */
  cap_data: layout("cap_data", [
    ["effective0", 4],
    ["permitted0", 4],
    ["inheritable0", 4],
    ["effective1", 4],
    ["permitted1", 4],
    ["inheritable1", 4],
  ]),
  /** `clone3(2)` */
  clone_args: layout("clone_args", [
    ["flags", 8, "clone"],
    ["pidfd", 8],
    ["child_tid", 8],
    ["parent_tid", 8],
    ["exit_signal", 8, "signal"],
    ["stack", 8],
    ["stack_size", 8],
    ["tls", 8],
    ["set_tid", 8],
    ["set_tid_size", 8],
    ["cgroup", 8],
  ]),
  /** `cmsg(3)`, with room for one descriptor */
  cmsg_fd: layout("cmsg_fd", [
    ["len", 8],
    ["level", 4, "socket_level"],
    ["type", 4, "control_message"],
    ["fd", 4],
    4,
  ]),
  /** `netdevice(7)`: the name is 16 bytes of text, `0x6f6c` for `lo`. */
  ifreq_flags: layout("ifreq_flags", [["name", 8], ["name8", 8], ["flags", 2, "interface"], 22]),
  /** `inotify(7)`, without the name that follows */
  inotify_event: layout("inotify_event", [
    ["wd", 4],
    ["mask", 4, "inotify"],
    ["cookie", 4],
    ["len", 4],
  ]),
  /** `readv(2)` */
  iovec: layout("iovec", [
    ["base", 8],
    ["len", 8],
  ]),
  /** `timerfd_settime(2)` */
  itimerspec: layout("itimerspec", [
    ["interval_sec", 8],
    ["interval_nsec", 8],
    ["value_sec", 8],
    ["value_nsec", 8],
  ]),
  /** `statmount(2)`, `listmount(2)` */
  mnt_id_req: layout("mnt_id_req", [
    ["size", 4],
    ["spare", 4],
    ["mnt_id", 8],
    ["param", 8],
    ["mnt_ns_id", 8],
  ]),
  /** `mount_setattr(2)` */
  mount_attr: layout("mount_attr", [
    ["attr_set", 8, "mount_attr"],
    ["attr_clr", 8, "mount_attr"],
    ["propagation", 8, "mount"],
    ["userns_fd", 8],
  ]),
  /** `sendmsg(2)` */
  msghdr: layout("msghdr", [
    ["name", 8],
    ["namelen", 4],
    ["iov", 8],
    ["iovlen", 8],
    ["control", 8],
    ["controllen", 8],
    ["flags", 4, "message"],
  ]),
  /** `openat2(2)` */
  open_how: layout("open_how", [
    ["flags", 8, "open"],
    ["mode", 8, "mode"],
    ["resolve", 8, "openat2"],
  ]),
  /** `poll(2)` */
  pollfd: layout("pollfd", [
    ["fd", 4],
    ["events", 2, "poll"],
    ["revents", 2, "poll"],
  ]),
  /** `prlimit(2)` */
  rlimit64: layout("rlimit64", [
    ["cur", 8],
    ["max", 8],
  ]),
  /** `sched_setattr(2)` */
  sched_attr: layout("sched_attr", [
    ["size", 4],
    ["policy", 4, "sched"],
    ["flags", 8, "sched_flag"],
    ["nice", 4],
    ["priority", 4],
    ["runtime", 8],
    ["deadline", 8],
    ["period", 8],
    ["util_min", 4],
    ["util_max", 4],
  ]),
  /** `waitid(2)`: what `siginfo_t` holds of a child */
  siginfo: layout("siginfo", [
    ["signo", 4, "signal"],
    ["errno", 4],
    ["code", 4, "child_code"],
    4,
    ["pid", 4],
    ["uid", 4],
    ["status", 4],
    100,
  ]),
  /** `netlink(7)` */
  sockaddr_nl: layout("sockaddr_nl", [
    ["family", 2, "address_family"],
    2,
    ["pid", 4],
    ["groups", 4],
  ]),
  /** One instruction of a filter: `seccomp(2)` */
  sock_filter: layout("sock_filter", [
    ["code", 2],
    ["jt", 1],
    ["jf", 1],
    ["k", 4],
  ]),
  /** A filter: `seccomp(2)` */
  sock_fprog: layout("sock_fprog", [
    ["len", 2],
    ["filter", 8],
  ]),
  /** `statfs(2)` */
  statfs: layout("statfs", [
    ["type", 8, "filesystem"],
    ["bsize", 8],
    ["blocks", 8],
    ["bfree", 8],
    ["bavail", 8],
    ["files", 8],
    ["ffree", 8],
    ["fsid0", 4],
    ["fsid1", 4],
    ["namelen", 8],
    ["frsize", 8],
    ["flags", 8],
    32,
  ]),
  /** `statx(2)` */
  statx: layout("statx", [
    ["mask", 4, "statx"],
    ["blksize", 4],
    ["attributes", 8],
    ["nlink", 4],
    ["uid", 4],
    ["gid", 4],
    ["mode", 2, "mode"],
    ["ino", 8],
    ["size", 8],
    ["blocks", 8],
    ["attributes_mask", 8],
    ["atime_sec", 8],
    ["atime_nsec", 4],
    ["btime_sec", 8],
    ["btime_nsec", 4],
    ["ctime_sec", 8],
    ["ctime_nsec", 4],
    ["mtime_sec", 8],
    ["mtime_nsec", 4],
    4,
    ["rdev_major", 4],
    ["rdev_minor", 4],
    ["dev_major", 4],
    ["dev_minor", 4],
    ["mnt_id", 8],
    104,
  ]),
  /** `clock_nanosleep(2)` */
  timespec: layout("timespec", [
    ["sec", 8],
    ["nsec", 8],
  ]),
  /** `unix(7)` */
  ucred: layout("ucred", [
    ["pid", 4],
    ["uid", 4],
    ["gid", 4],
  ]),
  /** `ioctl_tty(2)` */
  winsize: layout("winsize", [
    ["row", 2],
    ["col", 2],
    ["xpixel", 2],
    ["ypixel", 2],
  ]),
};
