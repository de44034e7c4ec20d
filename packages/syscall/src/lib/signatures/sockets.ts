import { fd, int, path, pointer, size, uint } from "../parameter.ts";
import type { Signatures } from "../parameter.ts";

type Name =
  | "socket"
  | "socketpair"
  | "bind"
  | "connect"
  | "listen"
  | "accept"
  | "accept4"
  | "getsockname"
  | "getpeername"
  | "getsockopt"
  | "setsockopt"
  | "sendto"
  | "recvfrom"
  | "sendmsg"
  | "recvmsg"
  | "shutdown"
  | "ppoll"
  | "epoll_create1"
  | "epoll_ctl"
  | "epoll_pwait"
  | "eventfd2"
  | "inotify_init1"
  | "inotify_add_watch"
  | "inotify_rm_watch";

/** Sockets, and waiting for descriptors. */
export const sockets: Signatures<Name> = {
  socket: [int("domain", "address_family"), int("type", "socket_type"), int("protocol")],
  socketpair: [
    int("domain", "address_family"),
    int("type", "socket_type"),
    int("protocol"),
    pointer("sv"),
  ],
  bind: [fd("sockfd"), pointer("addr"), int("addrlen")],
  connect: [fd("sockfd"), pointer("addr"), int("addrlen")],
  listen: [fd("sockfd"), int("backlog")],
  accept: [fd("sockfd"), pointer("addr"), pointer("addrlen")],
  accept4: [fd("sockfd"), pointer("addr"), pointer("addrlen"), int("flags", "socket_type")],
  getsockname: [fd("sockfd"), pointer("addr"), pointer("addrlen")],
  getpeername: [fd("sockfd"), pointer("addr"), pointer("addrlen")],
  getsockopt: [
    fd("sockfd"),
    int("level", "socket_level"),
    // The names of `socket_option` hold for SOL_SOCKET alone, and the level is not known here.
    int("optname"),
    pointer("optval"),
    pointer("optlen"),
  ],
  setsockopt: [
    fd("sockfd"),
    int("level", "socket_level"),
    int("optname"),
    pointer("optval"),
    int("optlen"),
  ],
  sendto: [
    fd("sockfd"),
    pointer("buf"),
    size("size"),
    uint("flags", "message"),
    pointer("dest_addr"),
    int("addrlen"),
  ],
  recvfrom: [
    fd("sockfd"),
    pointer("buf"),
    size("size"),
    uint("flags", "message"),
    pointer("src_addr"),
    pointer("addrlen"),
  ],
  sendmsg: [fd("sockfd"), pointer("msg"), uint("flags", "message")],
  recvmsg: [fd("sockfd"), pointer("msg"), uint("flags", "message")],
  shutdown: [fd("sockfd"), int("how", "shutdown")],
  ppoll: [pointer("fds"), uint("nfds"), pointer("tmo_p"), pointer("sigmask"), size("sigsetsize")],
  epoll_create1: [int("flags", "epoll_create")],
  epoll_ctl: [fd("epfd"), int("op", "epoll_ctl"), fd("fd"), pointer("event")],
  epoll_pwait: [
    fd("epfd"),
    pointer("events"),
    int("maxevents"),
    int("timeout"),
    pointer("sigmask"),
    size("sigsetsize"),
  ],
  eventfd2: [uint("initval"), int("flags", "eventfd")],
  inotify_init1: [int("flags", "inotify_init")],
  inotify_add_watch: [fd("fd"), path("pathname"), uint("mask", "inotify")],
  inotify_rm_watch: [fd("fd"), int("wd")],
};
