import type { ErrnoName } from "./errno.ts";
import type { SyscallName } from "./syscall-number.ts";

type Hints = { readonly [code in ErrnoName]?: string };

const newNamespaces: Hints = {
  EPERM:
    "New namespaces need CAP_SYS_ADMIN, or CLONE_NEWUSER along with them. Where user " +
    "namespaces are refused as well, look at the sysctls kernel.unprivileged_userns_clone " +
    "(Debian) and kernel.apparmor_restrict_unprivileged_userns (Ubuntu), at the seccomp " +
    "filter of a surrounding container, and whether the process is in a chroot.",
  ENOSPC:
    "A limit on namespaces is reached: the sysctls user.max_user_namespaces and " +
    "user.max_*_namespaces (0 forbids them), or user or PID namespaces nested 32 deep.",
  EUSERS: "User namespaces are nested 32 deep, or the sysctl user.max_user_namespaces is reached.",
};

const newProcess: Hints = {
  ...newNamespaces,
  EAGAIN:
    "A limit on processes is reached: RLIMIT_NPROC, pids.max of the control group, or the " +
    "sysctls kernel.pid_max and kernel.threads-max.",
  EINVAL:
    "The flags exclude each other, a struct has a field this kernel does not know, or, with " +
    "CLONE_INTO_CGROUP, the descriptor is no control group of version 2.",
  ENOMEM:
    "Memory is short, or the first process of the PID namespace has ended, after which the " +
    "namespace takes no others.",
  EBUSY:
    "CLONE_INTO_CGROUP: the group has controllers enabled for its children, or is a threaded one.",
};

const threads =
  "A process with threads, as Node always is, cannot change its user namespace, nor a thread " +
  "that shares its directories with others (CLONE_FS) its mount namespace; make a process " +
  "there instead.";

const unmappedId =
  "The id has no mapping in this user namespace: see /proc/self/uid_map and gid_map.";

const mountRights =
  "It needs CAP_SYS_ADMIN in the user namespace that owns this mount namespace. Mounts that " +
  "came from a more privileged one are locked: they cannot be taken apart, nor their " +
  "read-only, nosuid, nodev or noexec be lifted.";

const program: Hints = {
  ENOENT:
    "The file does not exist, or its interpreter does not: the loader of a dynamic " +
    "executable, or the program after #!.",
  EACCES:
    "It is no regular file with the execute bit, a directory on the way may not be searched, " +
    "or its filesystem is mounted noexec.",
  ENOEXEC: "It is neither an executable for this processor nor a script that starts with #!.",
  E2BIG:
    "Arguments and environment together may take a quarter of the stack limit (RLIMIT_STACK) " +
    "and 6 MB at most, one string 128 KB.",
  ETXTBSY: "Some process has the file open for writing.",
  EAGAIN: "The limit on processes (RLIMIT_NPROC) is reached.",
};

const credentials: Hints = {
  EINVAL: unmappedId,
  EPERM:
    "It needs CAP_SETUID or CAP_SETGID in this user namespace; setgroups, where an " +
    "unprivileged process wrote gid_map, is denied for good (/proc/self/setgroups).",
};

const filesystemContext: Hints = {
  EPERM: mountRights,
  EINVAL: "The filesystem refused an option: read(2) on the context tells why, and so may dmesg.",
};

const wait: Hints = {
  ECHILD: "The process is no child of this one, or was waited for already.",
};

const resolution: Hints = {
  EXDEV: "The path leaves the directory it must stay in, or crosses a mount that it must not.",
  ELOOP: "The path has a symbolic link where none is allowed, or too many.",
  EAGAIN:
    "Something was renamed or mounted meanwhile, so that the path could not be followed; try again.",
  E2BIG: "The struct has a field that this kernel does not know.",
};

/** What helps, by call and error. */
export const hints: { readonly [name in SyscallName]?: Hints } = {
  bpf: {
    EPERM:
      "It needs CAP_SYS_ADMIN in the initial user namespace; CAP_BPF is enough for some commands, " +
      "with CAP_NET_ADMIN for programs of control groups.",
  },
  capset: {
    EPERM: "A set can only shrink: permitted within permitted, effective within permitted.",
  },
  chroot: { EPERM: "It needs CAP_SYS_CHROOT in the user namespace of the process." },
  clone: newProcess,
  clone3: {
    ...newProcess,
    E2BIG: "The struct has a field that this kernel does not know.",
    ENODEV: "CLONE_INTO_CGROUP: the control group has been deleted.",
  },
  execve: program,
  execveat: program,
  fork: newProcess,
  fsconfig: filesystemContext,
  fsmount: filesystemContext,
  fsopen: {
    ENODEV:
      "This kernel has no such filesystem: see /proc/filesystems, and whether a module is missing.",
    EPERM: mountRights,
  },
  fspick: filesystemContext,
  inotify_add_watch: { ENOSPC: "The sysctl fs.inotify.max_user_watches is reached." },
  inotify_init1: {
    EMFILE: "The sysctl fs.inotify.max_user_instances, or RLIMIT_NOFILE, is reached.",
  },
  keyctl: { EDQUOT: "The sysctls kernel.keys.maxkeys and maxbytes limit the keys of a user." },
  memfd_create: {
    EACCES: "The sysctl vm.memfd_noexec forbids memory files that can be executed.",
  },
  mknodat: {
    EPERM:
      "Device nodes need CAP_MKNOD in the initial user namespace; elsewhere, bind one of the host's.",
  },
  mount: {
    EBUSY: "The source is in use, or mounted there already.",
    EINVAL:
      "The filesystem refused an option (dmesg may tell which), or the target is no mount " +
      "point where one is needed, or is locked by a more privileged mount namespace.",
    ENODEV:
      "This kernel has no such filesystem: see /proc/filesystems, and whether a module is missing.",
    EPERM: mountRights,
  },
  mount_setattr: {
    EINVAL:
      "An attribute this kernel lacks, or MOUNT_ATTR_IDMAP for a mount that is attached, " +
      "mapped already, or of a filesystem without id-mapped mounts.",
    EPERM: mountRights,
  },
  move_mount: {
    EINVAL: "The source is locked, below a shared mount, or in another mount namespace.",
    ELOOP: "A mount cannot be moved to below itself.",
    EPERM: mountRights,
  },
  open_tree: {
    EINVAL: "The path is no mount of this mount namespace, or holds one that must not be copied.",
    EPERM: mountRights,
  },
  openat: { ELOOP: "O_NOFOLLOW and a symbolic link, or too many links." },
  openat2: resolution,
  pidfd_getfd: {
    EPERM: "It needs the right to trace that process: ptrace(2), Yama's ptrace_scope.",
  },
  pidfd_open: {
    EINVAL: "The id is that of a thread, not of a process.",
    ESRCH: "The process has ended and was waited for, or is in no PID namespace one can see.",
  },
  pivot_root: {
    EBUSY: "The new root is on the mount that is the root now.",
    EINVAL:
      "The new root must be a mount point below the present root, both with private " +
      "propagation, and the present root no initramfs.",
    EPERM: mountRights,
  },
  prctl: {
    EINVAL: "This kernel does not know the operation, or an unused argument is not 0.",
    EPERM: "Dropping from the bounding set and setting securebits need CAP_SETPCAP.",
  },
  prlimit64: {
    EPERM: "Raising a hard limit needs CAP_SYS_RESOURCE in the initial user namespace.",
  },
  seccomp: {
    EACCES: "Set PR_SET_NO_NEW_PRIVS first, or have CAP_SYS_ADMIN in this user namespace.",
    EBUSY: "A listener is installed already; one filter of a process may have one.",
    EINVAL: "The filter is no valid program, or this kernel does not know the flag.",
  },
  setgid: credentials,
  setgroups: credentials,
  sethostname: {
    EPERM: "It needs CAP_SYS_ADMIN in the user namespace that owns the UTS namespace.",
  },
  setns: {
    EINVAL: `The descriptor is no namespace of that kind. ${threads}`,
    EPERM:
      "It needs CAP_SYS_ADMIN in the user namespace that owns the other, and mostly in one's own.",
  },
  setresgid: credentials,
  setresuid: credentials,
  setrlimit: {
    EPERM: "Raising a hard limit needs CAP_SYS_RESOURCE in the initial user namespace.",
  },
  setuid: credentials,
  umount2: {
    EBUSY:
      "A process has its working directory or an open file there; MNT_DETACH does not wait for it.",
    EINVAL:
      "It is no mount point, or locked because it came from a more privileged mount namespace.",
    EPERM: mountRights,
  },
  unshare: { ...newNamespaces, EINVAL: threads },
  vfork: newProcess,
  wait4: wait,
  waitid: wait,
  write: {
    ENODEV: "A file of a control group: the group has been deleted since it was opened.",
    ENOSPC: "The disk is full; or it is the cgroup.procs of a v1 cpuset without cpus and mems.",
  },
};

/** What helps whichever call it was. */
export const hintsForAnyCall: Hints = {
  EMFILE: "This process has as many descriptors open as RLIMIT_NOFILE allows.",
  ENFILE: "The machine has as many files open as the sysctl fs.file-max allows.",
};
