import * as access from "./constants/access.ts";
import * as addressFamily from "./constants/address-family.ts";
import * as at from "./constants/at.ts";
import * as auditArch from "./constants/audit-arch.ts";
import * as bpf from "./constants/bpf.ts";
import * as bpfAlu from "./constants/bpf-alu.ts";
import * as bpfAttach from "./constants/bpf-attach.ts";
import * as bpfAttachType from "./constants/bpf-attach-type.ts";
import * as bpfClass from "./constants/bpf-class.ts";
import * as bpfDeviceAccess from "./constants/bpf-device-access.ts";
import * as bpfDeviceType from "./constants/bpf-device-type.ts";
import * as bpfJump from "./constants/bpf-jump.ts";
import * as bpfMapType from "./constants/bpf-map-type.ts";
import * as bpfMode from "./constants/bpf-mode.ts";
import * as bpfProgramType from "./constants/bpf-program-type.ts";
import * as bpfQuery from "./constants/bpf-query.ts";
import * as bpfSize from "./constants/bpf-size.ts";
import * as bpfSource from "./constants/bpf-source.ts";
import * as capAmbient from "./constants/cap-ambient.ts";
import * as capability from "./constants/capability.ts";
import * as childCode from "./constants/child-code.ts";
import * as clock from "./constants/clock.ts";
import * as clone from "./constants/clone.ts";
import * as closeRange from "./constants/close-range.ts";
import * as controlMessage from "./constants/control-message.ts";
import * as dirfd from "./constants/dirfd.ts";
import * as epoll from "./constants/epoll.ts";
import * as epollCreate from "./constants/epoll-create.ts";
import * as epollCtl from "./constants/epoll-ctl.ts";
import * as eventfd from "./constants/eventfd.ts";
import * as faccessat from "./constants/faccessat.ts";
import * as fallocate from "./constants/fallocate.ts";
import * as fcntl from "./constants/fcntl.ts";
import * as fdFlag from "./constants/fd-flag.ts";
import * as filesystem from "./constants/filesystem.ts";
import * as flock from "./constants/flock.ts";
import * as fsconfig from "./constants/fsconfig.ts";
import * as fsmount from "./constants/fsmount.ts";
import * as fsopen from "./constants/fsopen.ts";
import * as fspick from "./constants/fspick.ts";
import * as inotify from "./constants/inotify.ts";
import * as inotifyInit from "./constants/inotify-init.ts";
import * as netDevice from "./constants/interface.ts";
import * as ioctl from "./constants/ioctl.ts";
import * as ioprio from "./constants/ioprio.ts";
import * as ioprioClass from "./constants/ioprio-class.ts";
import * as kcmp from "./constants/kcmp.ts";
import * as keyctl from "./constants/keyctl.ts";
import * as keyring from "./constants/keyring.ts";
import * as listmount from "./constants/listmount.ts";
import * as mapping from "./constants/mapping.ts";
import * as memfd from "./constants/memfd.ts";
import * as mempolicy from "./constants/mempolicy.ts";
import * as message from "./constants/message.ts";
import * as mode from "./constants/mode.ts";
import * as mount from "./constants/mount.ts";
import * as mountAttr from "./constants/mount-attr.ts";
import * as moveMount from "./constants/move-mount.ts";
import * as open from "./constants/open.ts";
import * as openTree from "./constants/open-tree.ts";
import * as openat2 from "./constants/openat2.ts";
import * as personality from "./constants/personality.ts";
import * as pidfd from "./constants/pidfd.ts";
import * as pidfdSignal from "./constants/pidfd-signal.ts";
import * as poll from "./constants/poll.ts";
import * as prctl from "./constants/prctl.ts";
import * as priority from "./constants/priority.ts";
import * as protection from "./constants/protection.ts";
import * as random from "./constants/random.ts";
import * as rename from "./constants/rename.ts";
import * as rlimit from "./constants/rlimit.ts";
import * as sched from "./constants/sched.ts";
import * as schedFlag from "./constants/sched-flag.ts";
import * as seal from "./constants/seal.ts";
import * as seccomp from "./constants/seccomp.ts";
import * as seccompAddfd from "./constants/seccomp-addfd.ts";
import * as seccompFilter from "./constants/seccomp-filter.ts";
import * as seccompMode from "./constants/seccomp-mode.ts";
import * as seccompNotify from "./constants/seccomp-notify.ts";
import * as seccompReturn from "./constants/seccomp-return.ts";
import * as securebits from "./constants/securebits.ts";
import * as seek from "./constants/seek.ts";
import * as shutdown from "./constants/shutdown.ts";
import * as sigaction from "./constants/sigaction.ts";
import * as signalfd from "./constants/signalfd.ts";
import * as sigprocmask from "./constants/sigprocmask.ts";
import * as socketLevel from "./constants/socket-level.ts";
import * as socketOption from "./constants/socket-option.ts";
import * as socketType from "./constants/socket-type.ts";
import * as splice from "./constants/splice.ts";
import * as statmount from "./constants/statmount.ts";
import * as statx from "./constants/statx.ts";
import * as timer from "./constants/timer.ts";
import * as timerfd from "./constants/timerfd.ts";
import * as tun from "./constants/tun.ts";
import * as umount from "./constants/umount.ts";
import * as unlinkat from "./constants/unlinkat.ts";
import * as wait from "./constants/wait.ts";
import * as waitid from "./constants/waitid.ts";
import * as xattr from "./constants/xattr.ts";
import type { FlagGroupName } from "./flag-group-name.ts";
import { signals } from "./signal.ts";

/** The values of one parameter or field, by name. */
export type FlagGroup = Readonly<Record<string, number | bigint>>;

/**
 * Every flag and enumerated value of the vocabulary, grouped by the parameter it is for. A group is
 * a file of constants itself, not a copy, so that importing costs nothing.
 */
export const flagGroups: Readonly<Record<FlagGroupName, FlagGroup>> = {
  access,
  address_family: addressFamily,
  at,
  audit_arch: auditArch,
  bpf,
  bpf_alu: bpfAlu,
  bpf_attach: bpfAttach,
  bpf_attach_type: bpfAttachType,
  bpf_class: bpfClass,
  bpf_device_access: bpfDeviceAccess,
  bpf_device_type: bpfDeviceType,
  bpf_jump: bpfJump,
  bpf_map_type: bpfMapType,
  bpf_mode: bpfMode,
  bpf_program_type: bpfProgramType,
  bpf_query: bpfQuery,
  bpf_size: bpfSize,
  bpf_source: bpfSource,
  cap_ambient: capAmbient,
  capability,
  child_code: childCode,
  clock,
  clone,
  close_range: closeRange,
  control_message: controlMessage,
  dirfd,
  epoll,
  epoll_create: epollCreate,
  epoll_ctl: epollCtl,
  eventfd,
  faccessat: { ...at, ...faccessat },
  fallocate,
  fcntl,
  fd_flag: fdFlag,
  filesystem,
  flock,
  fsconfig,
  fsmount,
  fsopen,
  fspick,
  inotify,
  inotify_init: inotifyInit,
  interface: netDevice,
  ioctl,
  ioprio,
  ioprio_class: ioprioClass,
  kcmp,
  keyctl,
  keyring,
  listmount,
  mapping,
  memfd,
  mempolicy,
  message,
  mode,
  mount,
  mount_attr: mountAttr,
  move_mount: moveMount,
  open,
  open_tree: { ...at, ...openTree },
  openat2,
  personality,
  pidfd,
  pidfd_signal: pidfdSignal,
  poll,
  prctl,
  priority,
  protection,
  random,
  rename,
  rlimit,
  sched,
  sched_flag: schedFlag,
  seal,
  seccomp,
  seccomp_addfd: seccompAddfd,
  seccomp_filter: seccompFilter,
  seccomp_mode: seccompMode,
  seccomp_notify: seccompNotify,
  seccomp_return: seccompReturn,
  securebits,
  seek,
  shutdown,
  sigaction,
  signalfd,
  signal: signals,
  sigprocmask,
  socket_level: socketLevel,
  socket_option: socketOption,
  socket_type: socketType,
  splice,
  statmount,
  statx,
  timer,
  timerfd,
  tun,
  umount,
  unlinkat,
  wait,
  waitid,
  xattr,
};
