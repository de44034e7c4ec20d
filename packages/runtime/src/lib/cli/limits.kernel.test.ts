import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { groupsOf } from "../../testing/groups.ts";
import { command, outcome, spawnX, x } from "../../testing/x.ts";

const isRoot = process.getuid!() === 0;
const reason = isRoot ? "" : " (skipped: needs root)";
const hungry = "const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1));";

describe.skipIf(!isRoot)(`x run with limits${reason}`, () => {
  test("ends with 137 and says why when memory runs out", async () => {
    const program = process.execPath;
    const there = program.startsWith("/usr/") ? [] : ["-v", `${program}:${program}:ro`];
    expect(
      await x("run", "--memory", "32m", ...there, "host", "--", program, "-e", hungry),
    ).toEqual({ status: 137, stdout: "", stderr: "x: out of memory at 32 MiB\n" });
  });

  test("says nothing of it when there was enough", async () => {
    const result = await x("run", "--memory", "64m", "host", "echo", "hi");
    expect(result).toEqual({ status: 0, stdout: "hi\n", stderr: "" });
  });

  test("holds processes, CPUs and devices to what they were given", async () => {
    const script =
      "nproc; ls /dev/another; mknod /dev/made c 1 11; " +
      "for i in 1 2 3 4 5 6 7 8; do sleep 0.3 & done; wait";
    const options = ["--pids-limit", "6", "--cpuset-cpus", "0", "--cpuset-mems", "0"];
    const more = ["--cpus", "1.5", "--cpu-shares", "512", "--device", "/dev/full:/dev/another:rw"];
    const { stdout, stderr } = await x("run", ...options, ...more, "host", "sh", "-c", script);
    expect(stdout).toBe("1\n/dev/another\n");
    expect(stderr).toMatch(/mknod: .*Operation not permitted\n.*fork/is);
  });

  test("refuses CPUs that are not there, and says which are", async () => {
    const { status, stderr } = await x("run", "--cpuset-cpus", "0-999", "host", "true");
    expect(status).toBe(125);
    expect(stderr).toMatch(/^x: resources\.cpu\.cpus: .*0-999|^x: resources\.cpu\.cpus: .*-999/);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test("leaves groups when it is killed, which the next run removes", async () => {
    const child = spawnX(["run", "--memory", "64m", "host", "sh", "-c", "echo up; exec sleep 63"]);
    const ended = outcome(child);
    await new Promise((resolve) => child.stdout!.once("data", resolve));
    const groups = groupsOf(child.pid!);
    expect(groups.length).toBeGreaterThan(0);
    child.kill("SIGKILL");
    await ended;
    expect(groups.filter((path) => !existsSync(path))).toEqual([]);
    expect(await x("run", "--memory", "64m", "host", "true")).toMatchObject({ status: 0 });
    expect(groups.filter((path) => existsSync(path))).toEqual([]);
  });

  test("leaves none when it is interrupted", async () => {
    const child = spawnX(["run", "--memory", "64m", "host", "sh", "-c", "echo up; exec sleep 64"]);
    const ended = outcome(child);
    await new Promise((resolve) => child.stdout!.once("data", resolve));
    const groups = groupsOf(child.pid!);
    await delay(100);
    child.kill("SIGINT");
    expect((await ended).status).toBe(130);
    expect(groups.filter((path) => existsSync(path))).toEqual([]);
  });
});

test("x run with limits tells an ordinary user how groups are delegated, in one line", async () => {
  const [node, ...args] = command("run", "--memory", "32m", "host", "true");
  const child = spawn(node!, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TSX_DISABLE_CACHE: "1" },
    ...(isRoot ? { uid: 1000, gid: 1000, cwd: "/" } : {}),
  });
  const { status, stdout, stderr } = await outcome(child);
  // Somebody may have delegated a part to the user that runs this.
  if (!isRoot && status === 0) return;
  expect([status, stdout]).toEqual([125, ""]);
  expect(stderr).toMatch(/^x: cannot make a group: .*Delegate=yes.*\n$/);
});

test("x explain with limits shows how the groups are joined, and makes none", async () => {
  const child = spawnX(["explain", "--memory", "32m", "--cpus", "1", "host", "true"]);
  const { status, stdout, stderr } = await outcome(child);
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/clone3\(.*openat\(AT_FDCWD, "\/.*\/x\/<owner>\/<id>/s);
  expect(groupsOf(child.pid!)).toEqual([]);
});

test.each([
  ["--memory", "32m", "resources"],
  ["--device", "/dev/full:/dev/another", "devices"],
])("x compile refuses %s, which a file cannot see to", async (option, value, field) => {
  const folder = mkdtempSync(join(tmpdir(), "x-cli-"));
  const file = join(folder, "box");
  const { status, stderr } = await x("compile", option, value, "-o", file, "host", "true");
  expect(status).toBe(125);
  expect(stderr).toMatch(new RegExp(`^x: ${field}: .*stands alone.*\\n$`));
  expect(existsSync(file)).toBe(false);
  rmSync(folder, { recursive: true });
});

test.each([
  ["--memory", "12q", "resources.memory.limit"],
  ["--cpus", "0", "resources.cpu.quota"],
  ["--pids-limit", "0", "resources.pids.limit"],
  ["--device", "/dev/nosuch", "devices[0].source"],
  ["--device", "/dev/full:/srv/full", "devices[0].destination"],
])("x run refuses %s %s by field, in one line", async (option, value, field) => {
  const { status, stdout, stderr } = await x("run", option, value, "host", "true");
  expect([status, stdout]).toEqual([125, ""]);
  expect(stderr.startsWith(`x: ${field}: `)).toBe(true);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});
