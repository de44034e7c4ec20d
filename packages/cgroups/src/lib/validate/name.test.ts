import * as fc from "fast-check";
import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { CgroupError } from "../error.ts";
import { validateName, validatePath } from "./name.ts";

test.each([
  "a",
  "x-1",
  "3f29c6b1",
  "libpod-3f29.scope",
  "user@1000.service",
  "cri-containerd:3f29",
  "system-systemd\\x2dfsck.slice",
  "_io.service",
  "+5",
  "cpu",
  "memory",
  "x".repeat(255),
])("%j is a name", (name) => {
  expect(() => validateName(name)).not.toThrow();
});

describe("a name that leads elsewhere, or to a file of the kernel, is refused", () => {
  test.each<[unknown, string]>([
    ["", "empty"],
    [".", "directory"],
    ["..", "directory"],
    ["a/b", "/"],
    ["/", "/"],
    ["a\nb", "control"],
    ["a\0", "control"],
    ["a\x7f", "control"],
    [" a", "space"],
    ["a ", "space"],
    ["a b", '" "'],
    ["é", '"é"'],
    ["a\u{1f600}", "\u{1f600}"],
    [".hidden", '"."'],
    ["\\x", '"\\\\"'],
    ["x".repeat(300), "255"],
    ["cgroup.procs", "kernel"],
    ["memory.max", "kernel"],
    ["io.whatever", "kernel"],
    ["tasks", "kernel"],
    ["notify_on_release", "kernel"],
    [5, "string"],
  ])("%j", (name, reason) => {
    expect(() => validateName(name as string, "group.name")).toThrow(
      expect.objectContaining({
        code: "X_CGROUP_INVALID",
        field: "group.name",
        message: expect.stringContaining(reason),
      }),
    );
  });

  test("and told what is allowed", () => {
    expect(() => validateName("a b")).toThrow(/^name: .*A-Z a-z 0-9/);
  });
});

test("a path is absolute and its parts are names", () => {
  for (const path of ["/", "/a", "/a/b.slice/c"]) {
    expect(() => validatePath(path)).not.toThrow();
  }
  for (const path of [
    "",
    "a",
    "/a/",
    "//a",
    "/a//b",
    "/a/../b",
    "/./a",
    "/a/cgroup.procs",
    "/a\n",
  ]) {
    expect(() => validatePath(path)).toThrow(
      expect.objectContaining({ code: "X_CGROUP_INVALID", field: "path" }),
    );
  }
  expect(() => validatePath(`/${"x".repeat(200)}`.repeat(20))).toThrow(/longer than 3840 bytes/);
});

test("a name that is taken is one directory below the group, whatever it is", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom("a", ".", "/", "-", "@", "\n", " ", "cgroup") }),
  );
  fc.assert(
    fc.property(text, (name) => {
      try {
        validateName(name);
      } catch (error) {
        expect(error).toBeInstanceOf(CgroupError);
        return;
      }
      expect(posix.dirname(posix.join("/group", name))).toBe("/group");
      expect(name).toMatch(/^[\w+-][\w+.:@\\-]{0,254}$/);
    }),
  );
});
