import { describe, expect, test } from "vitest";
import { AT_FDCWD } from "./constants/dirfd.ts";
import { MS_BIND, MS_REC } from "./constants/mount.ts";
import { O_DIRECTORY } from "./constants/open.ts";
import { formatCall } from "./format-call.ts";
import { hintFor } from "./hint.ts";
import { hints } from "./hints.ts";
import { signatures } from "./signatures.ts";
import { SyscallError } from "./syscall-error.ts";

describe("a failed system call", () => {
  test("says what was attempted, on what, what the kernel answered and what helps", () => {
    const error = new SyscallError("mount", ["/a", "/b", null, MS_BIND | MS_REC, null], 1);
    expect(error.message).toMatch(
      /^mount\("\/a", "\/b", NULL, MS_BIND\|MS_REC, NULL\): Operation not permitted \(EPERM, 1\)\. It needs CAP_SYS_ADMIN/,
    );
  });

  test("has the shape of Node's system errors", () => {
    const error = new SyscallError("close", [7], 9);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code: "EBADF", errno: -9, syscall: "close", args: [7] });
    expect(error.message).toBe("close(7): Bad file descriptor (EBADF, 9)");
    expect("hint" in error).toBe(false);
  });

  test("with a number that no error has is UNKNOWN, and the number is kept", () => {
    const error = new SyscallError("getpid", [], 4000);
    expect(error).toMatchObject({ code: "UNKNOWN", errno: -4000 });
  });

  test("is printed with flags by name, text in quotes and bytes by their number", () => {
    expect(formatCall("openat", [AT_FDCWD, 'a "b"', O_DIRECTORY, 0])).toBe(
      String.raw`openat(AT_FDCWD, "a \"b\"", O_RDONLY|O_DIRECTORY, 0)`,
    );
    expect(formatCall("clone3", [new Uint8Array(88), 88])).toBe("clone3(<88 bytes>, 88)");
    expect(formatCall("munmap", [0x7f00_0000_0000n, 4096])).toBe("munmap(0x7f0000000000, 4096)");
    expect(formatCall("chdir", ["x".repeat(200)])).toBe(`chdir("${"x".repeat(96)}…")`);
  });
});

describe("hints", () => {
  test("are found by the error's name and by its number", () => {
    expect(hintFor("unshare", "EINVAL")).toMatch(/threads/);
    expect(hintFor("unshare", 22)).toBe(hintFor("unshare", "EINVAL"));
    expect(hintFor("unshare", -22)).toBe(hintFor("unshare", "EINVAL"));
  });

  test("name the switches that forbid user namespaces", () => {
    expect(hintFor("clone3", "EPERM")).toContain("kernel.apparmor_restrict_unprivileged_userns");
    expect(hintFor("clone3", "ENOSPC")).toContain("user.max_user_namespaces");
  });

  test("of a missing call name the kernel that has it", () => {
    expect(hintFor("openat2", "ENOSYS")).toMatch(/^It needs Linux 5\.6, or a seccomp filter/);
    expect(hintFor("mount", "ENOSYS")).toMatch(/^This kernel was built without it/);
  });

  test("of exhausted descriptors hold for any call", () => {
    expect(hintFor("openat", "EMFILE")).toContain("RLIMIT_NOFILE");
    expect(hintFor("inotify_init1", "EMFILE")).toContain("max_user_instances");
  });

  test("are missing where the error says it all", () => {
    expect(hintFor("mkdirat", "EEXIST")).toBeUndefined();
    expect(hintFor("mkdirat", 4000)).toBeUndefined();
  });

  test("are whole sentences about calls that have a signature", () => {
    for (const [call, table] of Object.entries(hints)) {
      if (call !== "fork" && call !== "vfork") expect(signatures).toHaveProperty(call);
      for (const hint of Object.values(table)) expect(hint).toMatch(/^[A-Z][^]*\.$/);
    }
  });
});
