/*
 * The magic numbers by which `statfs(2)` names a filesystem.
 */

export const NSFS_MAGIC = 0x6e736673;
export const PROC_SUPER_MAGIC = 0x00009fa0;
export const SYSFS_MAGIC = 0x62656572;
export const CGROUP_SUPER_MAGIC = 0x0027e0eb;
export const CGROUP2_SUPER_MAGIC = 0x63677270;
export const OVERLAYFS_SUPER_MAGIC = 0x794c7630;
export const TMPFS_MAGIC = 0x01021994;
export const RAMFS_MAGIC = 0x858458f6;
export const DEVPTS_SUPER_MAGIC = 0x00001cd1;
export const EXT4_SUPER_MAGIC = 0x0000ef53;
export const XFS_SUPER_MAGIC = 0x58465342;
export const BTRFS_SUPER_MAGIC = 0x9123683e;
export const FUSE_SUPER_MAGIC = 0x65735546;
export const NFS_SUPER_MAGIC = 0x00006969;
export const SQUASHFS_MAGIC = 0x73717368;
export const EROFS_SUPER_MAGIC_V1 = 0xe0f5e1e2;
export const V9FS_MAGIC = 0x01021997;
export const SECURITYFS_MAGIC = 0x73636673;
export const DEBUGFS_MAGIC = 0x64626720;
export const TRACEFS_MAGIC = 0x74726163;
export const BPF_FS_MAGIC = 0xcafe4a11;
export const SELINUX_MAGIC = 0xf97cff8c;
export const PID_FS_MAGIC = 0x50494446;
export const MQUEUE_MAGIC = 0x19800202;
export const AUFS_SUPER_MAGIC = 0x61756673;
export const ZFS_SUPER_MAGIC = 0x2fc12fc1;
