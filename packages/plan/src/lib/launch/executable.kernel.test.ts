import { openSync, readFileSync, writeSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  Descriptor,
  F_GET_SEALS,
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  MFD_CLOEXEC,
  syscall,
} from "@x/syscall";
import { executable, unnamedFile } from "./executable.ts";

const bytes = new TextEncoder().encode("#! what a launcher would be");

/** CVE-2019-5736: a container opens the launcher by /proc/PID/exe and writes to it. */
function overwrite(fd: number): string {
  try {
    using again = new Descriptor(openSync(`/proc/self/fd/${fd}`, "r+"));
    writeSync(again.fd, "evil");
    return "written";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code!;
  }
}

describe("a launcher in memory", () => {
  test("is sealed: not even root can write to it, shorten it or unseal it", () => {
    using sealed = executable(bytes);
    const all = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    expect(syscall("fcntl", sealed.fd, F_GET_SEALS, 0) & all).toBe(all);
    expect(overwrite(sealed.fd)).toMatch(/^(EPERM|EACCES)$/);
    expect(readFileSync(`/proc/self/fd/${sealed.fd}`)).toEqual(Buffer.from(bytes));
  });

  test("would be writable without the seals (the positive control)", () => {
    using open = new Descriptor(syscall("memfd_create", "x-open", MFD_CLOEXEC));
    writeSync(open.fd, bytes);
    expect(overwrite(open.fd)).toBe("written");
  });
});

test("where memory may not be executed, a file without a name serves", () => {
  using file = unnamedFile(bytes);
  expect(readFileSync(`/proc/self/fd/${file.fd}`)).toEqual(Buffer.from(bytes));
  expect(() => writeSync(file.fd, "evil")).toThrow(/EBADF/);
});
