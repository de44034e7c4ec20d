/*
 * Flags of `epoll_create1(2)`.
 */

export const EPOLL_CLOEXEC = 0o2000000;
