import type { Arch } from "./arch.ts";
import { numbers } from "./numbers.ts";
import { UnsupportedSyscallError } from "./unsupported-syscall-error.ts";

/** The name of a system call, on any architecture of the tables. */
export type SyscallName = keyof typeof numbers;

/**
 * The number of a system call on an architecture.
 *
 * @throws UnsupportedSyscallError when that architecture lacks the call, as arm64 lacks `open`.
 */
export function syscallNumber(name: SyscallName, arch: Arch): number {
  const row: readonly [number | null, number | null] | undefined = Object.hasOwn(numbers, name)
    ? numbers[name]
    : undefined;
  const number = row?.[arch === "x64" ? 0 : 1] ?? null;
  if (number === null) throw new UnsupportedSyscallError(name, arch, successors[name]);
  return number;
}

/** Whether a word names a system call of any architecture. */
export function isSyscallName(word: string): word is SyscallName {
  return Object.hasOwn(numbers, word);
}

/** What took the place of the calls that newer architectures were not given. */
const successors: { readonly [name in SyscallName]?: SyscallName } = {
  access: "faccessat",
  chmod: "fchmodat",
  chown: "fchownat",
  creat: "openat",
  dup2: "dup3",
  epoll_create: "epoll_create1",
  epoll_wait: "epoll_pwait",
  eventfd: "eventfd2",
  fork: "clone3",
  futimesat: "utimensat",
  getdents: "getdents64",
  getpgrp: "getpgid",
  inotify_init: "inotify_init1",
  lchown: "fchownat",
  link: "linkat",
  lstat: "newfstatat",
  mkdir: "mkdirat",
  mknod: "mknodat",
  open: "openat",
  pause: "ppoll",
  pipe: "pipe2",
  poll: "ppoll",
  readlink: "readlinkat",
  rename: "renameat2",
  rmdir: "unlinkat",
  select: "pselect6",
  signalfd: "signalfd4",
  stat: "newfstatat",
  symlink: "symlinkat",
  time: "clock_gettime",
  unlink: "unlinkat",
  utime: "utimensat",
  utimes: "utimensat",
  vfork: "clone3",
};
