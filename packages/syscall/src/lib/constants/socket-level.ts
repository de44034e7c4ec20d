/*
 * The level of an option of `setsockopt(2)`, or of a control message.
 */

export const SOL_SOCKET = 1;
export const SOL_PACKET = 263;
export const SOL_NETLINK = 270;
export const SOL_VSOCK = 287;
export const SOL_XDP = 283;
