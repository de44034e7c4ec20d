/*
 * The kind of socket, and two flags beside it: `socket(2)`.
 */

export const SOCK_STREAM = 0x1;
export const SOCK_DGRAM = 0x2;
export const SOCK_RAW = 0x3;
export const SOCK_RDM = 0x4;
export const SOCK_SEQPACKET = 0x5;
export const SOCK_NONBLOCK = 0x800;
export const SOCK_CLOEXEC = 0x80000;
