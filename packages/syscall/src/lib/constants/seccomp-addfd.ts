/*
 * Flags of `ioctl(SECCOMP_IOCTL_NOTIF_ADDFD)`: `seccomp_unotify(2)`.
 */

export const SECCOMP_ADDFD_FLAG_SETFD = 0x1;
export const SECCOMP_ADDFD_FLAG_SEND = 0x2;
