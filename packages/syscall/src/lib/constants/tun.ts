/*
 * The kind of device `ioctl(TUNSETIFF)` makes.
 */

export const IFF_TUN = 0x1;
export const IFF_TAP = 0x2;
export const IFF_NO_PI = 0x1000;
export const IFF_VNET_HDR = 0x4000;
export const IFF_MULTI_QUEUE = 0x100;
export const IFF_TUN_EXCL = 0x8000;
