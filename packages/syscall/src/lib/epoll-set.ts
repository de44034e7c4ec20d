import { EPOLL_CTL_ADD, EPOLL_CTL_DEL } from "./constants/epoll-ctl.ts";
import { EPOLL_CLOEXEC } from "./constants/epoll-create.ts";
import { EPOLLIN } from "./constants/epoll.ts";
import { Descriptor } from "./descriptor.ts";
import { syscall } from "./syscall.ts";

/** A set of descriptors that is itself a descriptor, readable when one of them is: `epoll(7)`. */
export interface EpollSet {
  readonly fd: number;
  /**
   * Waits for `events`, `EPOLLIN` unless given.
   *
   * @throws SyscallError `EBADF`, `EPERM` for what cannot be waited for, `EEXIST`.
   */
  add(fd: number, token: number, events?: number): void;
  /** @throws SyscallError `ENOENT` or `EBADF` when the descriptor was closed before. */
  remove(fd: number): void;
  /** The tokens of some that are readable now. */
  ready(): number[];
  close(): void;
}

/** Makes an empty set. */
export function epollSet(): EpollSet {
  const set = new Descriptor(syscall("epoll_create1", EPOLL_CLOEXEC));
  const events = new Uint8Array(most * eventBytes);
  const view = new DataView(events.buffer);
  return {
    get fd() {
      return set.fd;
    },
    add(fd, token, wanted = EPOLLIN) {
      const event = new DataView(new ArrayBuffer(eventBytes));
      event.setUint32(0, wanted, true);
      event.setUint32(dataAt, token, true);
      syscall("epoll_ctl", set.fd, EPOLL_CTL_ADD, fd, new Uint8Array(event.buffer));
    },
    remove(fd) {
      syscall("epoll_ctl", set.fd, EPOLL_CTL_DEL, fd, null);
    },
    ready() {
      const count = syscall("epoll_pwait", set.fd, events, most, 0, null, 0);
      return Array.from({ length: count }, (_, index) =>
        view.getUint32(index * eventBytes + dataAt, true),
      );
    },
    close: () => set.close(),
  };
}

const most = 64;

/** `struct epoll_event` is packed on x86-64 alone: `eventpoll.h`. */
const dataAt: number = process.arch === "x64" ? 4 : 8;
const eventBytes: number = dataAt + 8;
