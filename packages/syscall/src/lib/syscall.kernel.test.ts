import { closeSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, describe, expect, test } from "vitest";
import { AT_FDCWD } from "./constants/dirfd.ts";
import { F_GETFD, F_GETFL } from "./constants/fcntl.ts";
import { O_CLOEXEC, O_DIRECTORY, O_PATH, O_RDONLY } from "./constants/open.ts";
import { PR_GET_NAME, PR_SET_NAME } from "./constants/prctl.ts";
import { RESOLVE_NO_SYMLINKS } from "./constants/openat2.ts";
import { CLONE_NEWUSER } from "./constants/clone.ts";
import { layouts } from "./layouts.ts";
import { pack, readField } from "./pack.ts";
import { InvalidArgumentError } from "./syscall-argument.ts";
import { SyscallError } from "./syscall-error.ts";
import { addressOf, syscall } from "./syscall.ts";

const folder = mkdtempSync(join(tmpdir(), "syscall-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs something that must fail, and returns its error. */
function failure(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

describe("a system call in this process", () => {
  test("returns what the kernel returned", () => {
    expect(syscall("getpid")).toBe(process.pid);
    expect(syscall("getppid")).toBe(process.ppid);
  });

  test("takes text as a path, and flags in the numbers of this machine", () => {
    const fd = syscall("openat", AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    expect(statSync(`/proc/self/fd/${fd}`).isDirectory()).toBe(true);
    expect(syscall("fcntl", fd, F_GETFL) & O_DIRECTORY).not.toBe(0);
    closeSync(fd);
  });

  test("opens no file as a directory", () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const error = failure(() => syscall("openat", AT_FDCWD, file, O_DIRECTORY, 0));
    expect(error).toMatchObject({ code: "ENOTDIR" });
  });

  test("takes bytes both ways: the kernel reads them and writes to them", () => {
    const name = new Uint8Array(16);
    syscall("prctl", PR_GET_NAME, name);
    const before = Buffer.from(name).toString().replaceAll("\0", "");
    syscall("prctl", PR_SET_NAME, "new name");
    syscall("prctl", PR_GET_NAME, name);
    expect(Buffer.from(name).toString()).toMatch(/^new name\0/);
    syscall("prctl", PR_SET_NAME, before);
  });

  test("takes a slice of a larger buffer at its place", () => {
    const whole = Buffer.alloc(64);
    syscall("getrandom", whole.subarray(16, 32), 16, 0);
    expect(whole.subarray(0, 16)).toEqual(Buffer.alloc(16));
    expect(whole.subarray(16, 32)).not.toEqual(Buffer.alloc(16));
    expect(whole.subarray(32)).toEqual(Buffer.alloc(32));
  });

  test("takes a struct, and structs that point to other bytes", () => {
    const how = pack(layouts.open_how, { flags: O_PATH, resolve: RESOLVE_NO_SYMLINKS });
    const fd = syscall("openat2", AT_FDCWD, `/proc/${process.pid}/status`, how, how.length);
    closeSync(fd);

    const words = [Buffer.from("two "), Buffer.from("parts")];
    const vectors = words.map((word) =>
      pack(layouts.iovec, { base: addressOf(word), len: word.length }),
    );
    const file = join(folder, "writev");
    const out = syscall("openat", AT_FDCWD, file, 0o101, 0o600);
    expect(syscall("writev", out, Buffer.concat(vectors), vectors.length)).toBe(9);
    closeSync(out);
    expect(readFileSync(file, "utf8")).toBe("two parts");
    expect(words.length).toBe(2);
  });

  test("takes bigints, and null for a pointer to nothing", () => {
    const limit = new Uint8Array(layouts.rlimit64.bytes);
    syscall("prlimit64", 0, 7, null, limit);
    expect(readField(layouts.rlimit64, "max", limit)).toBeGreaterThan(0n);
    expect(syscall("fcntl", 0n, BigInt(F_GETFD))).toBeGreaterThanOrEqual(0);
  });

  test("that the kernel refuses throws its answer", () => {
    const missing = join(folder, "missing");
    const error = failure(() => syscall("openat", AT_FDCWD, missing, O_RDONLY, 0));
    expect(error).toBeInstanceOf(SyscallError);
    expect(error).toMatchObject({
      code: "ENOENT",
      errno: -2,
      syscall: "openat",
      args: [AT_FDCWD, missing, O_RDONLY, 0],
      message: `openat(AT_FDCWD, "${missing}", O_RDONLY, 0): No such file or directory (ENOENT, 2)`,
    });
  });

  test("tells errors apart a hundred thousand times, garbage being made meanwhile", () => {
    const answers = new Set<string>();
    for (let turn = 0; turn < 50_000; turn++) {
      const garbage = failure(() => syscall("close", 100_000 + turn)) as SyscallError;
      answers.add(garbage.code);
      const other = failure(() => syscall("pidfd_open", 0, 0)) as SyscallError;
      answers.add(other.code);
    }
    expect([...answers]).toEqual(["EBADF", "EINVAL"]);
  });

  test("keeps what it passes from the garbage collector", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    for (let turn = 1; turn <= 200; turn++) {
      const text = `${folder}/${"x".repeat(turn)}`;
      if (turn % 10 === 0) collect();
      const error = failure(() => syscall("openat", AT_FDCWD, text, O_RDONLY, 0)) as SyscallError;
      expect(error.code).toBe("ENOENT");
      expect(error.args[1]).toBe(text);
    }
  });

  test("with an argument that would be cut off is never made", () => {
    const error = failure(() => syscall("close", 2 ** 32 + 1));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ syscall: "close", parameter: "fd" });
    expect(failure(() => syscall("openat", AT_FDCWD, "a\0b"))).toBeInstanceOf(InvalidArgumentError);
    expect(failure(() => syscall("close", "1"))).toBeInstanceOf(InvalidArgumentError);
    expect(failure(() => syscall("getpid", 1))).toMatchObject({ parameter: "arguments" });
  });

  test("that changes the user namespace says why a process with threads cannot", () => {
    const error = failure(() => syscall("unshare", CLONE_NEWUSER)) as SyscallError;
    expect(error.message).toMatch(/^unshare\(CLONE_NEWUSER\): Invalid argument \(EINVAL, 22\)\./);
    expect(error.hint).toMatch(/threads, as Node always is/);
  });
});
