import { dirfd, fd, int, path, pointer, size, string, uint } from "../parameter.ts";
import type { Signatures } from "../parameter.ts";

type Name =
  | "mount"
  | "umount2"
  | "pivot_root"
  | "open_tree"
  | "open_tree_attr"
  | "move_mount"
  | "fsopen"
  | "fsconfig"
  | "fsmount"
  | "fspick"
  | "mount_setattr"
  | "statmount"
  | "listmount"
  | "statfs"
  | "fstatfs"
  | "swapoff"
  | "quotactl_fd";

/** Mounts, by path and by descriptor, and the filesystems behind them. */
export const mounts: Signatures<Name> = {
  mount: [
    path("source"),
    path("target"),
    string("filesystemtype"),
    size("mountflags", "mount"),
    pointer("data"),
  ],
  umount2: [path("target"), int("flags", "umount")],
  pivot_root: [path("new_root"), path("put_old")],
  open_tree: [dirfd("dirfd"), path("path"), uint("flags", "open_tree")],
  open_tree_attr: [
    dirfd("dirfd"),
    path("path"),
    uint("flags", "open_tree"),
    pointer("attr"),
    size("size"),
  ],
  move_mount: [
    dirfd("from_dirfd"),
    path("from_path"),
    dirfd("to_dirfd"),
    path("to_path"),
    uint("flags", "move_mount"),
  ],
  fsopen: [string("fsname"), uint("flags", "fsopen")],
  fsconfig: [fd("fd"), uint("cmd", "fsconfig"), string("key"), pointer("value"), int("aux")],
  fsmount: [fd("fsfd"), uint("flags", "fsmount"), uint("attr_flags", "mount_attr")],
  fspick: [dirfd("dirfd"), path("path"), uint("flags", "fspick")],
  mount_setattr: [dirfd("dirfd"), path("path"), uint("flags", "at"), pointer("attr"), size("size")],
  statmount: [pointer("req"), pointer("buf"), size("bufsize"), uint("flags")],
  listmount: [pointer("req"), pointer("mnt_ids"), size("nr_mnt_ids"), uint("flags")],
  statfs: [path("path"), pointer("buf")],
  fstatfs: [fd("fd"), pointer("buf")],
  swapoff: [path("path")],
  quotactl_fd: [fd("fd"), int("cmd"), uint("id"), pointer("addr")],
};
