import { AF_INET, IFF_UP, layouts, SIOCSIFFLAGS, SOCK_CLOEXEC, SOCK_DGRAM } from "@x/syscall";
import { result, step, struct, type Step } from "@x/plan";

/** Brings up `lo`, the one device of a new network namespace. Source: netdevice(7). */
export function loopback(): Step[] {
  const request = struct(layouts.ifreq_flags, { name: 0x6f6c, flags: IFF_UP }); // "lo"
  return [
    step("socket", [AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0], { as: "network" }),
    step("ioctl", [result("network"), SIOCSIFFLAGS, request], {
      why: "lo is up: 127.0.0.1 answers",
    }),
  ];
}
