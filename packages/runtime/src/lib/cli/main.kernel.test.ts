import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { command, outcome, spawnX, x } from "../../testing/x.ts";

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "x-cli-"))));
afterAll(() => rmSync(folder, { recursive: true }));

describe("x run", () => {
  test("runs a command as PID 1 and root, with a host name and files of its own", async () => {
    const { status, stdout } = await x(
      "run",
      "host",
      "--",
      "sh",
      "-c",
      "echo $$; hostname; id -u; ls /root | wc -l",
    );
    const [pid, name, uid, files] = stdout.trim().split("\n");
    expect(status).toBe(0);
    expect([pid, uid, files]).toEqual(["1", "0", "0"]);
    expect(name).not.toBe(hostname());
  });

  test.each([
    [["sh", "-c", "kill -9 $$"], 137],
    [["false"], 1],
    [["sh", "-c", "exit 42"], 42],
  ])("exits as %j does, with %i", async (command, status) => {
    expect((await x("run", "host", "--", ...command)).status).toBe(status);
  });

  test.each([
    ["a command that is nowhere", ["run", "host", "--", "nosuch"], 127, /"nosuch".*PATH/],
    ["a file that is missing", ["run", "host", "--", "/no/such"], 127, /no such file/],
    [
      "a file that is not executable",
      ["run", "host", "--", "/etc/passwd"],
      126,
      /Permission denied \(EACCES, 13\)/,
    ],
    ["a directory as the command", ["run", "host", "--", "/usr"], 126, /EACCES/],
    [
      "a root that is missing",
      ["run", "dir:/nosuch", "--", "true"],
      125,
      /^x: root: .*\(ENOENT, 2\)/,
    ],
    [
      "a root that is a file",
      ["run", "dir:/etc/passwd", "--", "true"],
      125,
      /^x: root: .*not a directory/,
    ],
    ["a root that is no name", ["run", "No/Such", "--", "true"], 125, /^x: .*No\/Such.*capital/],
    ["an unknown option", ["run", "--nosuch", "host", "true"], 125, /no option --nosuch/],
    ["an unknown command", ["walk", "host", "true"], 125, /no command is named "walk"/],
    ["nothing to run", ["run", "host"], 125, /nothing to run/],
    [
      "a working directory that is missing",
      ["run", "-w", "/no/such", "host", "true"],
      125,
      /^x: cwd: .*ENOENT/,
    ],
    [
      "a bind source that is missing",
      ["run", "-v", "/no/such:/mnt", "host", "true"],
      125,
      /^x: mounts\[0\]\.source: .*ENOENT/,
    ],
    [
      "a relative bind target",
      ["run", "-v", "/usr:mnt", "host", "true"],
      125,
      /^x: mounts\[0\]\.destination: .*absolute/,
    ],
    [
      "an environment entry without =",
      ["run", "-e", "a-b", "host", "true"],
      125,
      /^x: env\[0\]: .*NAME=value/,
    ],
    ["a user by name", ["run", "-u", "root", "host", "true"], 125, /^x: user: /],
    ["a user beyond 32 bits", ["run", "-u", "4294967296", "host", "true"], 125, /^x: user\.uid: /],
  ])("refuses %s in one line", async (_, args, status, reason) => {
    const result = await x(...args);
    expect(result.status).toBe(status);
    expect(result.stderr).toMatch(reason);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
    expect(result.stdout).toBe("");
  });

  test("hands over environment, directory, host name and mounts", async () => {
    const script =
      'echo "$A $B"; pwd; hostname; cat /data/main.kernel.test.ts | wc -l; touch /data/x';
    const { stdout, stderr } = await x(
      "run",
      "-e",
      "A=1",
      "-e",
      "B=two words",
      "-w",
      "/tmp",
      "--hostname",
      "box",
      "-v",
      `${import.meta.dirname}:/data:ro`,
      "--rm",
      "host",
      "sh",
      "-c",
      script,
    );
    const lines = readFileSync(import.meta.filename, "utf8").split("\n").length - 1;
    expect(stdout).toBe(`1 two words\n/tmp\nbox\n${lines}\n`);
    expect(stderr).toMatch(/Read-only file system/);
  });

  test("has no network but loopback, unless it is asked for ours", async () => {
    const own = await x("run", "host", "ls", "/sys/class/net");
    const ours = await x("run", "--net", "host", "host", "ls", "/sys/class/net");
    expect(own.stdout).toBe("lo\n");
    expect(ours.stdout.trim().split("\n").toSorted()).toEqual(
      readdirSync("/sys/class/net").toSorted(),
    );
  });

  test("reads our standard input with -i, and nothing without", async () => {
    const child = spawnX(["run", "-i", "host", "cat"], "pipe");
    child.stdin!.end("from outside");
    expect((await outcome(child)).stdout).toBe("from outside");
    const deaf = spawnX(["run", "host", "cat"], "pipe");
    deaf.stdin!.end("from outside");
    expect((await outcome(deaf)).stdout).toBe("");
  });
});

const NOEXEC = "/proc/sys/vm/memfd_noexec";
const mayForbid = process.getuid!() === 0 && existsSync(NOEXEC);
const why = mayForbid ? "" : " (skipped: needs root and Linux 6.3)";

test.skipIf(!mayForbid)(`x run works where memory may not be executed${why}`, async () => {
  // The switch belongs to the PID namespace, so a new one leaves this machine's as it is.
  const script = `echo 2 > ${NOEXEC}; exec "$@"`;
  const child = spawn(
    "unshare",
    ["-pf", "--mount-proc", "sh", "-c", script, "sh", ...command("run", "host", "echo", "hi")],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  expect(await outcome(child)).toEqual({ status: 0, stdout: "hi\n", stderr: "" });
});

describe("signals to x run", () => {
  const ready = (child: ReturnType<typeof spawnX>): Promise<void> =>
    new Promise((resolve) => child.stdout!.once("data", () => resolve()));

  test("reach the command, which may handle them", async () => {
    const child = spawnX([
      "run",
      "host",
      "sh",
      "-c",
      "trap 'echo got it; exit 9' TERM; echo ready; sleep 60 & wait",
    ]);
    const ended = outcome(child);
    await ready(child);
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ status: 9, stdout: "ready\ngot it\n" });
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("end a command that has no handler: %s with %i", async (signal, status) => {
    const child = spawnX(["run", "host", "sleep", "60.9927"]);
    const ended = outcome(child);
    await started("60.9927");
    child.kill(signal);
    expect((await ended).status).toBe(status);
  });

  test("that come from keys reach the program a shell waits for, not the shell alone", async () => {
    const child = spawnX(["run", "host", "sh", "-c", "echo ready; sleep 60; true"]);
    const ended = outcome(child);
    await ready(child);
    // Between its fork and its exec the program still has the shell's handler.
    await delay(500);
    child.kill("SIGINT");
    expect((await ended).status).toBe(130);
  });

  test("reach a command under an init, which waits for signals without a handler", async () => {
    const script = "trap 'echo got it; exit 9' INT; echo ready; sleep 60 & wait";
    const child = spawnX(["run", "--init", "host", "sh", "-c", script]);
    const ended = outcome(child);
    await ready(child);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ status: 9, stdout: "ready\ngot it\n" });
  });

  test("that cannot be caught take the container along", async () => {
    const child = spawnX(["run", "host", "sh", "-c", "echo ready; exec sleep 61.7301"]);
    const ended = outcome(child);
    await ready(child);
    await started("61.7301");
    child.kill("SIGKILL");
    await ended;
    for (let i = 0; i < 50 && running("61.7301") > 0; i++) await delay(20);
    expect(running("61.7301")).toBe(0);
  });
});

/** Waits until a process has this as its first argument. */
async function started(mark: string): Promise<void> {
  for (let i = 0; running(mark) === 0; i++) {
    if (i > 500) throw new Error(`nothing was started with ${mark}`);
    await delay(20);
  }
}

/** How many processes have this as their first argument. */
function running(mark: string): number {
  return readdirSync("/proc").filter((pid) => {
    try {
      return (
        /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0")[1] === mark
      );
    } catch {
      return false; // ended meanwhile
    }
  }).length;
}

describe("x compile", () => {
  test("writes an executable below 8 KB that runs with neither Node nor PATH", async () => {
    const box = join(folder, "box");
    expect(await x("compile", "host", "-o", box, "--", "echo", "hi")).toMatchObject({ status: 0 });
    expect(statSync(box).size).toBeLessThan(8192);
    expect(execFileSync(box, { env: {}, encoding: "utf8" })).toBe("hi\n");
  });

  test("writes one that says on stderr why it cannot run, and exits as x run does", async () => {
    const box = join(folder, "missing");
    await x("compile", "host", "-o", box, "--", "/no/such");
    const failure = (() => {
      try {
        return execFileSync(box, { env: {}, encoding: "utf8", stdio: "pipe" });
      } catch (error) {
        return error as { status: number; stderr: string };
      }
    })();
    expect(failure).toMatchObject({
      status: 127,
      stderr: expect.stringMatching(/^x: step \d+, execve: ENOENT \(2\)\n$/),
    });
  });
});

test("what x compile writes outlives the shell that started it, and ends when it is told to", async () => {
  const box = join(folder, "outliving");
  await x("compile", "--init", "host", "-o", box, "--", "sleep", "62.8113");
  const script = `${box} > /dev/null 2>&1 & echo $!; sleep 0.5`;
  const launcher = Number(execFileSync("sh", ["-c", script], { encoding: "utf8" }));
  await started("62.8113");
  process.kill(launcher, "SIGTERM");
  for (let i = 0; i < 100 && running("62.8113") > 0; i++) await delay(20);
  expect(running("62.8113")).toBe(0);
});

describe("x explain", () => {
  test("prints a line for each system call, as text or JSON", async () => {
    const text = await x("explain", "host", "--", "echo", "hi");
    const json = await x("explain", "--json", "host", "--", "echo", "hi");
    const lines = JSON.parse(json.stdout) as { index: number; text: string }[];
    expect(text.stdout.trim().split("\n")).toHaveLength(lines.length);
    expect(lines.map(({ index }) => index)).toEqual(lines.map((_, i) => i + 1));
  });

  test("shows its options", async () => {
    expect((await x("--help")).stdout).toMatch(/^Usage: x COMMAND/);
  });
});
