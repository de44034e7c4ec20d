import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";

const commands = fileURLToPath(new URL("../bin/", import.meta.url));

test("the command line passes on streams and status", async () => {
  const command = start(
    "arm64",
    "--timeout",
    "120",
    "--sh",
    "echo $1; echo bad >&2; exit 5",
    "one",
  );
  const [output, errors, [status]] = await Promise.all([
    command.stdout.setEncoding("utf8").toArray(),
    command.stderr.setEncoding("utf8").toArray(),
    once(command, "close"),
  ]);
  expect([output.join(""), errors.join(""), status]).toEqual(["one\n", "bad\n", 5]);
});

test("a guest whose time is over ends the command line with 124", async () => {
  const command = start("arm64", "--timeout", "1", "--sh", "sleep 1000");
  const [errors, [status]] = await Promise.all([
    command.stderr.setEncoding("utf8").toArray(),
    once(command, "close"),
  ]);
  expect([errors.join(""), status]).toEqual(["x-vm: killed the guest after 1 s\n", 124]);
});

test.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
  "%s to the command line ends the guest",
  async (signal) => {
    const command = start("arm64", "--sh", "echo up; sleep 1000");
    await once(command.stdout, "data");
    const guest = childOf(command.pid, "qemu-system-aar");
    command.kill(signal);
    const [status, killedBy] = (await once(command, "close")) as [number | null, string | null];
    expect(status ?? killedBy).toBe({ SIGINT: 130, SIGTERM: 143, SIGKILL: "SIGKILL" }[signal]);
    await vi.waitFor(() => expect(isRunning(guest)).toBe(false), 5000);
  },
);

test("an option that nobody knows is refused with 125", async () => {
  const command = start("x64", "--nosuch", "true");
  const [errors, [status]] = await Promise.all([
    command.stderr.setEncoding("utf8").toArray(),
    once(command, "close"),
  ]);
  expect(errors.join("")).toContain("--nosuch");
  expect(status).toBe(125);
});

test("two that fill the cache at once do each other no harm", async () => {
  const cache = mkdtempSync(join(tmpdir(), "cache-"));
  onTestFinished(() => rmSync(cache, { recursive: true }));
  const outputs = await Promise.all(
    [1, 2].map(() => {
      const child = spawn(process.execPath, [`${commands}fetch.mjs`, "arm64"], {
        env: { ...process.env, X_VM_CACHE: cache },
        stdio: ["ignore", "pipe", "inherit"],
      });
      return child.stdout.setEncoding("utf8").toArray();
    }),
  );
  for (const output of outputs) {
    expect(output.join("")).toMatch(/^arm64: linux-image-\S+-arm64 \S+, busybox-static \S+\n$/);
  }
  const [place, ...others] = readdirSync(cache);
  expect(others).toEqual([]);
  expect(readdirSync(join(cache, `${place}`))).toEqual([
    "busybox",
    "kernel",
    "modules",
    "system.json",
  ]);
});

function start(name: string, ...args: string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [`${commands}${name}.mjs`, ...args]);
  onTestFinished(() => void child.kill());
  return child;
}

function childOf(parent: number | undefined, name: string): string {
  const found = readdirSync("/proc").find((pid) => {
    const [, command, of] = /\((.*)\) \S (\d+)/s.exec(stat(pid)) ?? [];
    return command === name && Number(of) === parent;
  });
  if (found === undefined) {
    throw new Error(`process ${parent} has no child ${name}`);
  }
  return found;
}

function isRunning(pid: string): boolean {
  return /\) [^ZX] /.test(stat(pid));
}

/** `PID (NAME) STATE PARENT …`, or nothing when there is no such process. */
function stat(pid: string): string {
  const path = `/proc/${pid}/stat`;
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
