import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runArm64 } from "./arm64.ts";
import { runX64 } from "./x64.ts";

const repo = fileURLToPath(new URL("../../../../", import.meta.url));
const x = join(repo, "packages/runtime/bin/x.js");

/** What a container sees, in words that Debian's programs and busybox's share. */
const VIEW = [
  "echo pid $$",
  "hostname",
  "id -u",
  "ls -1 / /dev /root /home",
  "cat /etc/passwd /etc/hosts",
  "ls -1 /sys/class/net",
  "grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status | tr -d '\\t'",
  // What is covered of /proc and /sys, and mounted below /usr, differs from machine to machine.
  "while read -r _ _ _ _ point _; do echo $point; done < /proc/self/mountinfo | grep -vE '^/(proc|sys|usr)/' | sort",
  "readlink /proc/self/ns/cgroup | cut -d: -f1",
].join("; ");

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "x-machines-"))));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a container compiled on x86-64 for arm64", () => {
  test("runs there as root, and sees what its twin sees here", async () => {
    const here = compile("x64", ["sh", "-c", VIEW]);
    const there = compile("arm64", ["sh", "-c", VIEW]);
    const expected = execFileSync(here, { env: {}, encoding: "utf8" });
    const result = await runArm64({
      command: ["/launcher"],
      files: { "/launcher": { content: readFileSync(there), mode: 0o755 } },
    });
    expect(result).toMatchObject({ exitCode: 0, stderr: "", stdout: expected });
    expect(expected).toMatch(/^pid 1\nx\n0\n/);
  });

  test.each([
    ["its command's exit status", ["sh", "-c", "exit 42"], 42],
    ["its command's signal", ["sh", "-c", "kill -9 $$"], 137],
    ["127 for a command that is nowhere", ["/no/such"], 127],
  ])("exits with %s", async (_, command, status) => {
    const file = compile("arm64", command);
    const result = await runArm64({
      command: ["/launcher"],
      files: { "/launcher": { content: readFileSync(file), mode: 0o755 } },
    });
    expect(result.exitCode).toBe(status);
  });

  test("passes signals on, and reaps orphans under its own init", async () => {
    const script =
      "trap 'echo got TERM; exit 5' TERM; (sleep 0.2 &); kill -TERM $$; sleep 1; exit 1";
    const file = compile("arm64", ["sh", "-c", script], "--init");
    const result = await runArm64({
      command: ["/launcher"],
      files: { "/launcher": { content: readFileSync(file), mode: 0o755 } },
    });
    expect(result).toMatchObject({ exitCode: 5, stdout: "got TERM\n" });
  });
});

describe("on a kernel with a pure cgroup v2 tree", () => {
  test("x run makes the same container as here", async () => {
    const expected = execFileSync(process.execPath, [x, "run", "host", "--", "sh", "-c", VIEW], {
      encoding: "utf8",
    });
    const args = [x, "run", "host", "--", "sh", "-c", `${VIEW}; cat /proc/self/cgroup`];
    const result = await runX64({ command: process.execPath, args, cwd: repo });
    expect(result).toMatchObject({ exitCode: 0, stdout: `${expected}0::/\n` });
  });

  test("the tests of launches and of isolation pass", async () => {
    const vitest = join(repo, "node_modules/vitest/vitest.mjs");
    const files = [
      "packages/plan/src/lib/launch/launch",
      "packages/runtime/src/lib/isolation",
      "packages/runtime/src/lib/init",
    ];
    const args = [vitest, "run", "--project", "kernel", ...files];
    const result = await runX64({
      command: process.execPath,
      args,
      cwd: repo,
      timeoutMs: 400_000,
      env: { CI: "1" },
    });
    expect(result.output).toMatch(/Tests .*passed/);
    expect(result).toMatchObject({ exitCode: 0 });
  });
});

let made = 0;

/** Compiles a container with the command `x`; the path of the executable. */
function compile(arch: "x64" | "arm64", command: readonly string[], ...options: string[]): string {
  const file = join(folder, `box-${made++}`);
  execFileSync(process.execPath, [
    x,
    "compile",
    ...options,
    "host",
    "--arch",
    arch,
    "-o",
    file,
    "--",
    ...command,
  ]);
  return file;
}
