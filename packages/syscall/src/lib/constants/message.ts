/*
 * Flags of `sendmsg(2)` and `recvmsg(2)`.
 */

export const MSG_OOB = 0x00000001;
export const MSG_PEEK = 0x00000002;
export const MSG_DONTROUTE = 0x00000004;
export const MSG_CTRUNC = 0x00000008;
export const MSG_TRUNC = 0x00000020;
export const MSG_DONTWAIT = 0x00000040;
export const MSG_EOR = 0x00000080;
export const MSG_WAITALL = 0x00000100;
export const MSG_NOSIGNAL = 0x00004000;
export const MSG_MORE = 0x00008000;
export const MSG_CMSG_CLOEXEC = 0x40000000;
