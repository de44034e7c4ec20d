import { describe, expect, test } from "vitest";
import { complaints, missingCompiler, words } from "./testing/c-compiler.ts";
import { flagGroups } from "./flag-groups.ts";

/** The headers that define our constants; those of the kernel first, `asm` and `linux`. */
const headers = [
  ..."poll ioctl ioctls mman resource siginfo signal socket"
    .split(" ")
    .map((name) => `asm/${name}.h`),
  ...(
    "audit bpf capability close_range eventpoll falloc fcntl fs if if_tun inotify ioprio kcmp keyctl " +
    "loop magic memfd mempolicy mman mount nsfs openat2 personality pidfd prctl random sched " +
    "sched/types seccomp securebits sockios stat time timerfd wait xattr"
  )
    .split(" ")
    .map((name) => `linux/${name}.h`),
  ..."epoll eventfd file inotify mount signalfd socket timerfd wait"
    .split(" ")
    .map((name) => `sys/${name}.h`),
  "unistd.h",
];

/**
 * glibc has 0 for `O_LARGEFILE` in a program of 64 bits, since the kernel sets it by itself, and
 * keeps two real-time signals to itself.
 */
const elsewhere = new Set(["O_LARGEFILE", "SIGRTMIN", "SIGRTMAX"]);

describe.skipIf(missingCompiler)(
  `the constants${missingCompiler ? ` (skipped: ${missingCompiler})` : ""}`,
  () => {
    test("have the values of the C headers, but for those the headers are too old for", () => {
      const constants = Object.values(flagGroups)
        .flatMap((group) => Object.entries(group))
        .filter(([name]) => /^\w+$/.test(name) && !elsewhere.has(name));
      const known = new Set<string>();
      const wrong: string[] = [];
      for (const header of headers) {
        const start = `#define _GNU_SOURCE\n#include <linux/ioctl.h>\n#include <${header}>\n`;
        const there = words(start);
        const found = constants.filter(([name]) => there.has(name));
        const asserted = found.map(
          ([name, value]) => `_Static_assert(${equal(name, value)}, "${name}");`,
        );
        const said = complaints(start + asserted.join("\n"));
        // A macro whose value needs another header is undefined, which is no statement about it.
        const lines = new Map(said.map(({ line, message }) => [line - 4, message]));
        for (const [index, [name]] of found.entries()) {
          const message = lines.get(index);
          if (message === undefined) known.add(name);
          else if (message.includes("static assertion failed")) wrong.push(`${header}: ${message}`);
        }
      }
      expect(wrong).toEqual([]);
      const unchecked = constants.filter(([name]) => !known.has(name)).map(([name]) => name);
      expect(unchecked.length / constants.length, unchecked.join(" ")).toBeLessThan(0.15);
    }, 60_000);
  },
);

/** Equal as 64 bits, or as 32 where C has a negative `int` for bit 31. */
function equal(name: string, value: number | bigint): string {
  const wide = `(unsigned long long)(${name}) == ${BigInt.asUintN(64, BigInt(value))}ull`;
  const narrow = `(unsigned int)(${name}) == ${BigInt.asUintN(32, BigInt(value))}u`;
  return value < 0 || value > 0xffff_ffff ? wide : `(${wide}) || (${name}) < 0 && ${narrow}`;
}
