import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CLONE_INTO_CGROUP, CLONE_IO, CLONE_NEWNS, CLONE_NEWPID } from "./constants/clone.ts";
import { O_CLOEXEC, O_DIRECTORY, O_DSYNC, O_PATH, O_RDWR, O_SYNC } from "./constants/open.ts";
import { enumeratedBits } from "./enumerated-bits.ts";
import type { FlagGroupName } from "./flag-group-name.ts";
import { flagGroups } from "./flag-groups.ts";
import { symbolic } from "./symbolic.ts";

describe("symbolic", () => {
  test("names flags in ascending order", () => {
    expect(symbolic("clone", CLONE_NEWPID | CLONE_NEWNS)).toBe("CLONE_NEWNS|CLONE_NEWPID");
    expect(symbolic("clone", BigInt(CLONE_NEWNS) | CLONE_INTO_CGROUP)).toBe(
      "CLONE_NEWNS|CLONE_INTO_CGROUP",
    );
  });

  test("shows bits without a name in hexadecimal, and none as 0", () => {
    expect(symbolic("umount", 0x42)).toBe("MNT_DETACH|0x40");
    expect(symbolic("mount", 0)).toBe("0");
  });

  test("reads the negative number that bit 31 makes of JavaScript's operators", () => {
    expect(CLONE_IO | CLONE_NEWNS).toBeLessThan(0);
    expect(symbolic("clone", CLONE_IO | CLONE_NEWNS)).toBe("CLONE_NEWNS|CLONE_IO");
  });

  test("prefers the name of several bits to the names of some of them", () => {
    expect(symbolic("open", O_RDWR | O_SYNC)).toBe("O_RDWR|O_SYNC");
    expect(symbolic("open", O_RDWR | O_DSYNC)).toBe("O_RDWR|O_DSYNC");
  });

  test("says how a file is opened, unless O_PATH makes that meaningless", () => {
    expect(symbolic("open", O_DIRECTORY)).toBe("O_RDONLY|O_DIRECTORY");
    expect(symbolic("open", O_PATH | O_CLOEXEC)).toBe("O_CLOEXEC|O_PATH");
  });

  test("prints the one name of an enumerated value, or the number", () => {
    expect(symbolic("fsconfig", 0)).toBe("FSCONFIG_SET_FLAG");
    expect(symbolic("dirfd", -100)).toBe("AT_FDCWD");
    expect(symbolic("dirfd", 7)).toBe("7");
    expect(symbolic("ioctl", 0x1234)).toBe("0x1234");
    expect(symbolic("signal", 17)).toBe("SIGCHLD");
  });

  test("prints a mode as its type and octal permissions", () => {
    expect(symbolic("mode", 0o20666)).toBe("S_IFCHR|0666");
    expect(symbolic("mode", 0o755)).toBe("0755");
    expect(symbolic("mode", 0)).toBe("0");
  });

  test("can be read back to the same value, for any flags of any group", () => {
    const groups = Object.keys(flagGroups) as FlagGroupName[];
    fc.assert(
      fc.property(fc.constantFrom(...groups), fc.bigInt(0n, 2n ** 34n - 1n), (group, value) => {
        expect(parse(group, symbolic(group, value))).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...groups), fc.infiniteStream(fc.boolean()), (group, take) => {
        const value = Object.values(flagGroups[group])
          .filter(() => take.next().value === true)
          .reduce((sum: bigint, flag) => sum | BigInt(flag), 0n);
        expect(parse(group, symbolic(group, value))).toBe(value);
      }),
    );
  });
});

function parse(group: FlagGroupName, text: string): bigint {
  const values = flagGroups[group];
  return text.split("|").reduce((sum, word) => {
    const value = values[word] ?? (group === "mode" && word !== "0" ? `0o${word}` : word);
    return enumeratedBits[group] === -1n ? BigInt(value) : sum | BigInt(value);
  }, 0n);
}
