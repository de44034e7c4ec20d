import {
  dev,
  dirfd,
  fd,
  gid,
  int,
  mode,
  path,
  pointer,
  size,
  string,
  uid,
  uint,
} from "../parameter.ts";
import type { Signatures } from "../parameter.ts";

type Name =
  | "chdir"
  | "chroot"
  | "fchdir"
  | "openat"
  | "openat2"
  | "open_by_handle_at"
  | "name_to_handle_at"
  | "close"
  | "close_range"
  | "dup"
  | "dup3"
  | "read"
  | "write"
  | "pread64"
  | "pwrite64"
  | "readv"
  | "writev"
  | "lseek"
  | "ftruncate"
  | "fallocate"
  | "fsync"
  | "fdatasync"
  | "syncfs"
  | "sendfile"
  | "copy_file_range"
  | "splice"
  | "pipe2"
  | "fcntl"
  | "flock"
  | "ioctl"
  | "mkdirat"
  | "mknodat"
  | "symlinkat"
  | "linkat"
  | "unlinkat"
  | "renameat"
  | "renameat2"
  | "readlinkat"
  | "faccessat"
  | "faccessat2"
  | "fchmod"
  | "fchmodat"
  | "fchmodat2"
  | "fchown"
  | "fchownat"
  | "utimensat"
  | "umask"
  | "newfstatat"
  | "fstat"
  | "statx"
  | "getdents64"
  | "setxattr"
  | "lsetxattr"
  | "fsetxattr"
  | "getxattr"
  | "lgetxattr"
  | "fgetxattr"
  | "listxattr"
  | "llistxattr"
  | "flistxattr"
  | "removexattr"
  | "lremovexattr"
  | "fremovexattr"
  | "memfd_create";

/** Files, directories and descriptors. */
export const files: Signatures<Name> = {
  chdir: [path("path")],
  chroot: [path("path")],
  fchdir: [fd("fd")],
  openat: [dirfd("dirfd"), path("pathname"), int("flags", "open"), mode("mode")],
  openat2: [dirfd("dirfd"), path("pathname"), pointer("how"), size("size")],
  name_to_handle_at: [
    dirfd("dirfd"),
    path("pathname"),
    pointer("handle"),
    pointer("mount_id"),
    int("flags", "at"),
  ],
  open_by_handle_at: [fd("mount_fd"), pointer("handle"), int("flags", "open")],
  close: [fd("fd")],
  close_range: [uint("first"), uint("last"), uint("flags", "close_range")],
  dup: [fd("oldfd")],
  dup3: [fd("oldfd"), fd("newfd"), int("flags", "open")],
  read: [fd("fd"), pointer("buf"), size("count")],
  write: [fd("fd"), pointer("buf"), size("count")],
  pread64: [fd("fd"), pointer("buf"), size("count"), size("offset")],
  pwrite64: [fd("fd"), pointer("buf"), size("count"), size("offset")],
  readv: [fd("fd"), pointer("iov"), int("iovcnt")],
  writev: [fd("fd"), pointer("iov"), int("iovcnt")],
  lseek: [fd("fd"), size("offset"), int("whence", "seek")],
  ftruncate: [fd("fd"), size("length")],
  fallocate: [fd("fd"), int("mode", "fallocate"), size("offset"), size("len")],
  fsync: [fd("fd")],
  fdatasync: [fd("fd")],
  syncfs: [fd("fd")],
  sendfile: [fd("out_fd"), fd("in_fd"), pointer("offset"), size("count")],
  copy_file_range: [
    fd("fd_in"),
    pointer("off_in"),
    fd("fd_out"),
    pointer("off_out"),
    size("len"),
    uint("flags"),
  ],
  splice: [
    fd("fd_in"),
    pointer("off_in"),
    fd("fd_out"),
    pointer("off_out"),
    size("len"),
    uint("flags", "splice"),
  ],
  pipe2: [pointer("pipefd"), int("flags", "open")],
  fcntl: [fd("fd"), int("op", "fcntl"), pointer("arg")],
  flock: [fd("fd"), int("op", "flock")],
  ioctl: [fd("fd"), uint("op", "ioctl"), pointer("arg")],
  mkdirat: [dirfd("dirfd"), path("pathname"), mode("mode")],
  mknodat: [dirfd("dirfd"), path("pathname"), mode("mode"), dev("dev")],
  symlinkat: [path("target"), dirfd("newdirfd"), path("linkpath")],
  linkat: [
    dirfd("olddirfd"),
    path("oldpath"),
    dirfd("newdirfd"),
    path("newpath"),
    int("flags", "at"),
  ],
  unlinkat: [dirfd("dirfd"), path("pathname"), int("flags", "unlinkat")],
  renameat: [dirfd("olddirfd"), path("oldpath"), dirfd("newdirfd"), path("newpath")],
  renameat2: [
    dirfd("olddirfd"),
    path("oldpath"),
    dirfd("newdirfd"),
    path("newpath"),
    uint("flags", "rename"),
  ],
  readlinkat: [dirfd("dirfd"), path("pathname"), pointer("buf"), int("bufsiz")],
  faccessat: [dirfd("dirfd"), path("pathname"), int("mode", "access")],
  faccessat2: [dirfd("dirfd"), path("pathname"), int("mode", "access"), int("flags", "faccessat")],
  fchmod: [fd("fd"), mode("mode")],
  fchmodat: [dirfd("dirfd"), path("pathname"), mode("mode")],
  fchmodat2: [dirfd("dirfd"), path("pathname"), mode("mode"), uint("flags", "at")],
  fchown: [fd("fd"), uid("owner"), gid("group")],
  fchownat: [dirfd("dirfd"), path("pathname"), uid("owner"), gid("group"), int("flags", "at")],
  utimensat: [dirfd("dirfd"), path("pathname"), pointer("times"), int("flags", "at")],
  umask: [mode("mask")],
  newfstatat: [dirfd("dirfd"), path("pathname"), pointer("statbuf"), int("flags", "at")],
  fstat: [fd("fd"), pointer("statbuf")],
  statx: [
    dirfd("dirfd"),
    path("pathname"),
    int("flags", "at"),
    uint("mask", "statx"),
    pointer("statxbuf"),
  ],
  getdents64: [fd("fd"), pointer("dirp"), uint("count")],
  setxattr: [path("path"), string("name"), pointer("value"), size("size"), int("flags", "xattr")],
  lsetxattr: [path("path"), string("name"), pointer("value"), size("size"), int("flags", "xattr")],
  fsetxattr: [fd("fd"), string("name"), pointer("value"), size("size"), int("flags", "xattr")],
  getxattr: [path("path"), string("name"), pointer("value"), size("size")],
  lgetxattr: [path("path"), string("name"), pointer("value"), size("size")],
  fgetxattr: [fd("fd"), string("name"), pointer("value"), size("size")],
  listxattr: [path("path"), pointer("list"), size("size")],
  llistxattr: [path("path"), pointer("list"), size("size")],
  flistxattr: [fd("fd"), pointer("list"), size("size")],
  removexattr: [path("path"), string("name")],
  lremovexattr: [path("path"), string("name")],
  fremovexattr: [fd("fd"), string("name")],
  memfd_create: [string("name"), uint("flags", "memfd")],
};
