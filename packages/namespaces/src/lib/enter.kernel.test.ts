import { PlanError } from "@x/plan";
import { AT_FDCWD, Descriptor, openProcess, S_IFIFO, syscall } from "@x/syscall";
import { mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { children, descriptors } from "../testing/left-behind.ts";
import { isRoot, outcome, printed } from "../testing/outcome.ts";
import { clone } from "./clone.ts";
import { enter } from "./enter.ts";
import { allKinds, namespaceKinds, type NamespaceKind } from "./kinds.ts";
import { namespacesOf, sameNamespace } from "./namespaces-of.ts";
import type { NamespacedProcess } from "./process.ts";

let target: NamespacedProcess;
beforeAll(async () => {
  target = await clone(["sleep", "600"], {
    namespaces: allKinds,
    hostname: "target",
    timeOffsets: { boottime: { secs: 1_000_000 } },
  });
});
afterAll(() => target[Symbol.asyncDispose]());

const sh = (script: string): string[] => ["sh", "-c", script];
const path = (kind: NamespaceKind): string => `/proc/${target.pid}/ns/${namespaceKinds[kind].file}`;

describe("a command in the namespaces of a process", () => {
  test("is in all eight, and the target is beside it", async () => {
    const child = enter(
      target.pid,
      sh("hostname; echo [ /proc/[0-9]* ]; cut -d. -f1 /proc/uptime"),
    );
    const { stdout } = await outcome(await child);
    const [name, processes, uptime] = stdout.split("\n");
    expect(name).toBe("target");
    expect(processes).toMatch(/^\[ \/proc\/1 \/proc\/\d+ \]$/);
    expect(Number(uptime)).toBeGreaterThan(1_000_000);
    await using still = await enter(target.pid, ["sleep", "60"]);
    expect(namespacesOf(still.pid)).toEqual(namespacesOf(target.pid));
  });

  test("is found by pidfd", async () => {
    using process = openProcess(target.pid);
    expect(await printed(enter(process, ["hostname"]))).toBe("target");
    expect(process.fd).toBeGreaterThan(0);
  });

  test("is found by paths, one for each kind", async () => {
    const paths = Object.fromEntries(allKinds.map((kind) => [kind, path(kind)]));
    await using child = await enter(paths, ["sleep", "60"]);
    expect(namespacesOf(child.pid)).toEqual(namespacesOf(target.pid));
  });

  test("is found by an open descriptor", async () => {
    using user = new Descriptor(openSync(path("user"), "r"));
    using uts = new Descriptor(openSync(path("uts"), "r"));
    expect(await printed(enter({ user, uts }, ["hostname"]))).toBe("target");
  });

  test("joins no other kinds than asked for", async () => {
    await using child = await enter(target.pid, ["sleep", "60"], { namespaces: ["user", "uts"] });
    const joined = allKinds.filter((kind) => sameNamespace(child.pid, target.pid, kind));
    expect(joined).toEqual(["uts", "user"]);
  });

  test("runs here where nothing differs", async () => {
    expect(await printed(enter(process.pid, sh("echo $PPID")))).toBe(String(process.pid));
  });
});

describe("who and where the command is", () => {
  test("root of the user namespace, in /, with a PATH and nothing else of this environment", async () => {
    const script = "id -u; id -g; pwd; env | grep -v ^PWD= | grep -v ^SHLVL= | grep -v ^_=";
    const lines = (await printed(enter(target.pid, sh(script)))).split("\n");
    expect(lines.slice(0, 3)).toEqual(["0", "0", "/"]);
    expect(lines.slice(3)).toEqual([expect.stringMatching(/^PATH=\/usr\/local\/sbin:/)]);
  });

  test("as asked for", async () => {
    const options = { cwd: "/usr", env: { PATH: "/usr/bin:/bin", A: "b" } };
    expect(await printed(enter(target.pid, sh('echo "$A $PWD"'), options))).toBe("b /usr");
  });

  test.skipIf(!isRoot)("another user, without the groups of this one (needs root)", async () => {
    const range = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
    const maps = { uidMappings: range, gidMappings: range };
    await using box = await clone(["sleep", "60"], { namespaces: ["user", "pid"], ...maps });
    const options = { uid: 1000, gid: 1001, groups: [5] };
    expect(await printed(enter(box.pid, sh("id -u; id -G"), options))).toBe("1000\n1001 5");
  });

  test("a user who is not mapped is the kernel's error, with the field", async () => {
    const attempt = enter(target.pid, ["true"], { uid: 5 });
    await expect(attempt).rejects.toMatchObject({ code: "EINVAL", field: "uid" });
  });
});

describe("the command", () => {
  test("exits with its own code, and ends by its own signal", async () => {
    const seven = await enter(target.pid, sh("exit 7"));
    expect(await seven.exited).toEqual({ code: 7, signal: null });
    const killed = await enter(target.pid, sh("kill -9 $$"));
    expect(await killed.exited).toEqual({ code: null, signal: "SIGKILL" });
  });

  test("gets signals and input", async () => {
    const child = await enter(target.pid, ["cat"]);
    child.stdin?.write("hello");
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    expect(child.kill("SIGINT")).toBe(true);
    expect(await child.exited).toEqual({ code: null, signal: "SIGINT" });
  });

  test("has three descriptors", async () => {
    expect(await printed(enter(target.pid, sh("cd /proc/self/fd; echo *")))).toBe("0 1 2 3");
  });

  test("has no way to a directory outside by the number of a descriptor", async () => {
    for (let fd = 3; fd < 12; fd++) {
      const attempt = enter(target.pid, ["true"], { cwd: `/proc/self/fd/${fd}` });
      await expect(attempt).rejects.toMatchObject({
        field: "cwd",
        code: expect.stringMatching(/^(ENOENT|ENOTDIR)$/),
      });
    }
  });

  test("can be ended by an abort", async () => {
    const controller = new AbortController();
    const child = await enter(target.pid, ["sleep", "60"], { signal: controller.signal });
    controller.abort();
    expect((await child.exited).signal).toBe("SIGKILL");
  });

  test("ends with the first process of the PID namespace", async () => {
    const box = await clone(["sleep", "60"], { namespaces: ["user", "pid"] });
    const child = await enter(box.pid, ["sleep", "60"]);
    await box[Symbol.asyncDispose]();
    expect(await child.exited).toEqual({ code: null, signal: "SIGKILL" });
  });
});

describe("a target that is none is refused", () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "enter-"))));
  afterAll(() => rmSync(folder, { recursive: true }));

  const expectRefused = async (place: string, message: string): Promise<void> => {
    await expect(enter({ net: place }, ["true"])).rejects.toMatchObject({
      code: "X_NAMESPACE_NOT_ONE",
      field: "target.net",
      message: expect.stringContaining(message),
    });
  };

  test("a regular file, a directory, a device", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    await expectRefused(file, "not a namespace");
    await expectRefused(folder, "not a namespace");
    await expectRefused("/dev/null", "not a namespace");
  });

  test("a FIFO, without waiting for its other end", async () => {
    const fifo = join(folder, "fifo");
    syscall("mknodat", AT_FDCWD, fifo, S_IFIFO | 0o600, 0);
    await expectRefused(fifo, "not a namespace");
  });

  test("a symbolic link, even to a namespace", async () => {
    const link = join(folder, "link");
    symlinkSync(path("net"), link);
    await expectRefused(link, "a symbolic link");
  });

  test("a namespace of another kind", async () => {
    await expectRefused(path("uts"), "a uts namespace instead of a net namespace");
  });

  test("a descriptor of something else", async () => {
    using file = new Descriptor(openSync("/dev/null", "r"));
    await expect(enter(file, ["true"])).rejects.toMatchObject({ code: "X_NAMESPACE_NOT_ONE" });
    await expect(enter({ net: file }, ["true"])).rejects.toMatchObject({
      code: "X_NAMESPACE_NOT_ONE",
      field: "target.net",
    });
  });

  test("a kind that there is not", async () => {
    const wrong = { mnt: path("mount") } as { mount?: string };
    await expect(enter(wrong, ["true"])).rejects.toMatchObject({
      code: "X_NAMESPACE_INVALID",
      field: "target.mnt",
    });
  });

  test("a process that has ended, by pid and by pidfd", async () => {
    const child = await clone(["sleep", "60"], { namespaces: ["user"] });
    using process = openProcess(child.pid);
    await child[Symbol.asyncDispose]();
    for (const gone of [child.pid, process]) {
      await expect(enter(gone, ["true"])).rejects.toMatchObject({ code: "X_NAMESPACE_GONE" });
    }
  });

  test.skipIf(!isRoot)("one that belongs to another user namespace (needs root)", async () => {
    await using other = await clone(["sleep", "60"], { namespaces: ["user", "net"] });
    const mixed = { user: path("user"), net: `/proc/${other.pid}/ns/net` };
    await expect(enter(mixed, ["true"])).rejects.toMatchObject({ code: "EPERM", field: "target" });
  });

  test("a path that is not there is the kernel's error", async () => {
    await expect(enter({ net: "/nosuch" }, ["true"])).rejects.toMatchObject({ code: "ENOENT" });
  });

  test.skipIf(isRoot)("a process of somebody else (not as root)", async () => {
    await expect(enter(1, ["true"])).rejects.toMatchObject({ code: "EACCES" });
  });
});

test("a program that is not in there is an error with its field", async () => {
  const attempt = enter(target.pid, ["nosuch"]);
  await expect(attempt).rejects.toThrow(PlanError);
  await expect(attempt).rejects.toMatchObject({ code: "ENOENT", field: "command[0]" });
});

test("fifty leave no descriptor and no zombie, whether they succeed or not", async () => {
  const run = async (): Promise<void> => {
    const child = await enter(target.pid, ["true"], { stdio: "ignore" });
    expect((await child.exited).code).toBe(0);
    await expect(enter({ net: "/dev/null" }, ["true"])).rejects.toThrow("not a namespace");
    await expect(enter(target.pid, ["nosuch"])).rejects.toThrow("execve");
  };
  await run();
  const before = { descriptors: descriptors(), children: children() };
  for (let i = 0; i < 50; i++) await run();
  await new Promise((resolve) => setImmediate(resolve));
  expect({ descriptors: descriptors(), children: children() }).toEqual(before);
});
