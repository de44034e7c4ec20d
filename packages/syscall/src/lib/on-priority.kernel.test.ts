import { closeSync, openSync, readdirSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { MSG_OOB } from "./constants/message.ts";
import { pipe, socketPair } from "./descriptor-pair.ts";
import { onPriority } from "./on-priority.ts";
import { onReadable } from "./on-readable.ts";
import { syscall } from "./syscall.ts";
import { SyscallError } from "./syscall-error.ts";

const open = (): number => readdirSync("/proc/self/fd").length;

const urgent = (fd: number): number => syscall("sendto", fd, "!", 1, MSG_OOB, null, 0);

/** Out-of-band data is what an ordinary user can have; local sockets know it since Linux 5.15. */
function refusal(): string | undefined {
  const [near, far] = socketPair();
  using _near = near;
  using _far = far;
  try {
    urgent(near.fd);
    return undefined;
  } catch (error) {
    if (error instanceof SyscallError && error.code === "EOPNOTSUPP") return error.message;
    throw error;
  }
}

const missing = refusal();

describe.skipIf(missing)(
  `watching for priority${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  () => {
    test("calls back for urgent data as long as it is there, and not for ordinary data", async () => {
      const [near, far] = socketPair();
      using _near = near;
      using _far = far;
      const calls: true[] = [];
      const readiness = onPriority(near.fd, () => {
        calls.push(true);
        syscall("recvfrom", near.fd, new Uint8Array(1), 1, MSG_OOB, null, null);
      });
      syscall("sendto", far.fd, "plain", 5, 0, null, 0);
      await setTimeout(20);
      expect(calls).toEqual([]);
      for (let sent = 1; sent <= 3; sent++) {
        urgent(far.fd);
        while (calls.length < sent) await setTimeout(1);
        await setTimeout(5);
        expect(calls.length).toBe(sent);
      }
      readiness.close();
      urgent(far.fd);
      await setTimeout(20);
      expect(calls.length).toBe(3);
    });

    test("goes together with watching the same descriptor for reading", async () => {
      const [near, far] = socketPair();
      using _near = near;
      using _far = far;
      const heard = new Set<string>();
      const plain = onReadable(near.fd, () => {
        heard.add("plain");
        plain.close();
      });
      const priority = onPriority(near.fd, () => {
        heard.add("urgent");
        priority.close();
      });
      syscall("sendto", far.fd, "plain", 5, 0, null, 0);
      while (!heard.has("plain")) await setTimeout(1);
      expect([...heard]).toEqual(["plain"]);
      urgent(far.fd);
      while (!heard.has("urgent")) await setTimeout(1);
    });
  },
);

describe("a watch for priority", () => {
  test("leaves nothing open, and may be stopped twice", () => {
    const before = open();
    const [near, far] = socketPair();
    const readiness = onPriority(near.fd, () => {});
    readiness.unref();
    readiness.ref();
    readiness.close();
    readiness.close();
    readiness.ref();
    near.close();
    far.close();
    expect(open()).toBe(before);
  });

  test("is refused for what cannot be waited for or is not open", () => {
    const before = open();
    const file = openSync("/etc/passwd", "r");
    expect(() => onPriority(file, () => {})).toThrow(expect.objectContaining({ code: "EPERM" }));
    closeSync(file);
    const [reading, writing] = pipe();
    const { fd } = writing;
    reading.close();
    writing.close();
    expect(() => onPriority(fd + 50, () => {})).toThrow(expect.objectContaining({ code: "EBADF" }));
    expect(open()).toBe(before);
  });
});
