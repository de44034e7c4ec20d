import { readdirSync, readFileSync, readSync, writeSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Descriptor } from "./descriptor.ts";
import { pipe, socketPair } from "./descriptor-pair.ts";
import { syscall } from "./syscall.ts";

const open = (): string[] => readdirSync("/proc/self/fd");

function closeOnExec(descriptor: Descriptor): boolean {
  const info = readFileSync(`/proc/self/fdinfo/${descriptor.fd}`, "utf8");
  return (Number.parseInt(/flags:\s+(\d+)/.exec(info)?.[1] ?? "", 8) & 0o2000000) !== 0;
}

describe("a descriptor", () => {
  test("is closed once, and has no number afterwards", () => {
    const before = open();
    const descriptor = new Descriptor(syscall("dup", 0));
    expect(open().length).toBe(before.length + 1);
    descriptor.close();
    expect(descriptor.fd).toBe(-1);
    descriptor.close();
    expect(open()).toEqual(before);
  });

  test("closes itself at the end of its block", async () => {
    const before = open();
    {
      using one = new Descriptor(syscall("dup", 0));
      await using other = new Descriptor(syscall("dup", 0));
      expect(other.fd).not.toBe(one.fd);
    }
    expect(open()).toEqual(before);
  });

  test("that was closed behind its back says so", () => {
    const descriptor = new Descriptor(syscall("dup", 0));
    syscall("close", descriptor.fd);
    expect(() => descriptor.close()).toThrow(expect.objectContaining({ code: "EBADF" }));
  });
});

describe.each([
  ["a pipe", pipe],
  ["a pair of sockets", socketPair],
])("%s", (_, make) => {
  test("carries bytes from the second end to the first, and both are close-on-exec", () => {
    const [first, second] = make();
    using _first = first;
    using _second = second;
    expect([first, second].map(closeOnExec)).toEqual([true, true]);
    writeSync(second.fd, "hello");
    const received = Buffer.alloc(16);
    expect(received.toString("utf8", 0, readSync(first.fd, received))).toBe("hello");
  });
});

test("a pair of sockets carries bytes both ways", () => {
  const [first, second] = socketPair();
  using _first = first;
  using _second = second;
  writeSync(first.fd, "back");
  const received = Buffer.alloc(16);
  expect(received.toString("utf8", 0, readSync(second.fd, received))).toBe("back");
});
