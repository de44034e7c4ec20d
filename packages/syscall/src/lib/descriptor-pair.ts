import { AF_UNIX } from "./constants/address-family.ts";
import { O_CLOEXEC } from "./constants/open.ts";
import { SOCK_CLOEXEC, SOCK_STREAM } from "./constants/socket-type.ts";
import { Descriptor } from "./descriptor.ts";
import { syscall } from "./syscall.ts";

/**
 * Two connected stream sockets, both close-on-exec: `socketpair(2)`.
 *
 * @throws SyscallError, with `EMFILE` when no descriptors are left.
 */
export function socketPair(): [Descriptor, Descriptor] {
  const pair = new Int32Array(2);
  syscall("socketpair", AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, new Uint8Array(pair.buffer));
  return wrap(pair);
}

/**
 * The reading and the writing end of a pipe, both close-on-exec: `pipe(2)`.
 *
 * @throws SyscallError, with `EMFILE` when no descriptors are left.
 */
export function pipe(): [reading: Descriptor, writing: Descriptor] {
  const pair = new Int32Array(2);
  syscall("pipe2", new Uint8Array(pair.buffer), O_CLOEXEC);
  return wrap(pair);
}

function wrap([first = -1, second = -1]: Int32Array): [Descriptor, Descriptor] {
  return [new Descriptor(first), new Descriptor(second)];
}
