import { spawnSync } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, readSync, writeSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { pipe } from "./descriptor-pair.ts";
import { onReadable } from "./on-readable.ts";

const open = (): number => readdirSync("/proc/self/fd").length;

describe("watching a descriptor", () => {
  test("calls back when it can be read, as long as it can", async () => {
    const [reading, writing] = pipe();
    using _reading = reading;
    using _writing = writing;
    const received: string[] = [];
    const readiness = onReadable(reading.fd, () => {
      const byte = Buffer.alloc(1);
      readSync(reading.fd, byte);
      received.push(byte.toString());
    });
    await setTimeout(20);
    expect(received).toEqual([]);
    writeSync(writing.fd, "abc");
    while (received.length < 3) await setTimeout(1);
    readiness.close();
    writeSync(writing.fd, "d");
    await setTimeout(20);
    expect(received).toEqual(["a", "b", "c"]);
  });

  test("calls back when the other end is gone", async () => {
    const [reading, writing] = pipe();
    using _reading = reading;
    const gone = new Promise<void>((resolve) => {
      const readiness = onReadable(reading.fd, () => {
        readiness.close();
        resolve();
      });
    });
    writing.close();
    await gone;
    expect(readSync(reading.fd, Buffer.alloc(1))).toBe(0);
  });

  test("leaves the descriptor in blocking mode, for it may be shared with others", () => {
    const [reading, writing] = pipe();
    using _reading = reading;
    using _writing = writing;
    const flags = (): string => readFileSync(`/proc/self/fdinfo/${reading.fd}`, "utf8");
    const before = flags();
    const readiness = onReadable(reading.fd, () => {});
    expect(flags()).toBe(before);
    readiness.close();
  });

  test("leaves nothing open, and may be stopped twice", () => {
    const before = open();
    const [reading, writing] = pipe();
    const readiness = onReadable(reading.fd, () => {});
    readiness.unref();
    readiness.ref();
    readiness.close();
    readiness.close();
    readiness.ref();
    reading.close();
    writing.close();
    expect(open()).toBe(before);
  });

  test("is refused for what cannot be waited for, is not open, or is watched already", () => {
    const before = open();
    const file = openSync("/etc/passwd", "r");
    expect(() => onReadable(file, () => {})).toThrow(expect.objectContaining({ code: "EPERM" }));
    closeSync(file);
    expect(() => onReadable(file, () => {})).toThrow(expect.objectContaining({ code: "EBADF" }));
    const [reading, writing] = pipe();
    const readiness = onReadable(reading.fd, () => {});
    expect(() => onReadable(reading.fd, () => {})).toThrow(
      expect.objectContaining({ code: "EEXIST", syscall: "epoll_ctl" }),
    );
    readiness.close();
    reading.close();
    writing.close();
    expect(open()).toBe(before);
  });

  test("survives a descriptor that was closed first, and a new one of the same number", async () => {
    const [first, firstEnd] = pipe();
    const number = first.fd;
    const stale = onReadable(number, () => {});
    first.close();
    const [second, secondEnd] = pipe();
    expect(second.fd).toBe(number);
    const readable = new Promise<void>((resolve) => {
      const readiness = onReadable(number, () => {
        readiness.close();
        resolve();
      });
    });
    stale.close();
    writeSync(secondEnd.fd, "x");
    await readable;
    for (const descriptor of [firstEnd, second, secondEnd]) descriptor.close();
  });
});

/** Runs a script in a Node of its own, with this package from source. */
function node(script: string): { status: number | null; stdout: string; stderr: string } {
  const source = new URL("../index.ts", import.meta.url);
  const code = `import { onReadable, pipe } from ${JSON.stringify(source.href)};\n${script}`;
  const options = ["--conditions=source", "--import", "tsx", "--input-type=module", "-e", code];
  const { status, stdout, stderr } = spawnSync(process.execPath, options, {
    encoding: "utf8",
    timeout: 20_000,
  });
  return { status, stdout, stderr };
}

describe("a watched descriptor", () => {
  test("keeps the event loop alive, and promises go on although nothing else happens", () => {
    const { status, stdout } = node(`
      import { spawn } from "node:child_process";
      const [reading, writing] = pipe();
      spawn("sh", ["-c", "sleep 0.2; echo"], { stdio: ["ignore", writing.fd, "ignore"] }).unref();
      await new Promise((resolve) => {
        const readiness = onReadable(reading.fd, () => { readiness.close(); resolve(); });
      });
      console.log("went on");
    `);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "went on\n" });
  });

  test("lets the event loop end once unreferenced", () => {
    const { status } = node(`onReadable(pipe()[0].fd, () => {}).unref();`);
    expect(status).toBe(0);
  });

  test("passes an exception of its callback on to the process", () => {
    const { status, stderr } = node(`
      import { writeSync } from "node:fs";
      const [reading, writing] = pipe();
      onReadable(reading.fd, () => { throw new Error("in the callback"); });
      writeSync(writing.fd, "x");
    `);
    expect(status).toBe(1);
    expect(stderr).toContain("Error: in the callback");
  });
});
