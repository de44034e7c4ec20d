import { describe, expect, test } from "vitest";
import { numbers } from "./numbers.ts";
import { macros, missingCompiler } from "./testing/c-compiler.ts";

/** What arm64 defines before it takes the generic table: `arch/arm64/include/uapi/asm/unistd.h`. */
const arm64 = `
#define __BITS_PER_LONG 64
#define __ARCH_WANT_RENAMEAT
#define __ARCH_WANT_NEW_STAT
#define __ARCH_WANT_SET_GET_RLIMIT
#define __ARCH_WANT_TIME32_SYSCALLS
#define __ARCH_WANT_SYS_CLONE3
#define __ARCH_WANT_MEMFD_SECRET
#include <asm-generic/unistd.h>`;

/** The last call of Linux 6.18: headers may know newer ones. */
const last = 469;

describe.skipIf(missingCompiler)(
  `the numbers of system calls${missingCompiler ? ` (skipped: ${missingCompiler})` : ""}`,
  () => {
    test.each([
      ["x86-64", "#include <asm/unistd_64.h>", 0],
      ["arm64", arm64, 1],
    ] as const)("are those of the kernel's headers for %s", (_, source, index) => {
      const inC = callsOf(macros(source));
      expect(inC.size).toBeGreaterThan(300);
      const newest = Math.max(...inC.values());
      const ours = Object.entries(numbers).flatMap(([name, row]) => {
        const number = row[index];
        return number !== null && number <= newest ? [[name, number] as const] : [];
      });
      const theirs = [...inC].filter(([, number]) => number <= last);
      // uretprobe and uprobe took free numbers below those of older calls.
      const late = new Set(inC.has("uretprobe") ? [] : ["uretprobe", "uprobe"]);
      expect(ours.filter(([name]) => !late.has(name)).toSorted()).toEqual(theirs.toSorted());
    });
  },
);

/** Numbers by name; some of the generic table are defined by way of another macro. */
function callsOf(defined: ReadonlyMap<string, string>): Map<string, number> {
  const calls = new Map<string, number>();
  for (const [macro, value] of defined) {
    const name = /^__NR_(\w+)$/.exec(macro)?.[1];
    if (name === undefined || name === "syscalls" || name === "arch_specific_syscall") continue;
    const number = Number(defined.get(value) ?? value);
    if (Number.isInteger(number)) calls.set(name, number);
  }
  return calls;
}
