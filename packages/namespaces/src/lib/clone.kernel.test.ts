import { PlanError } from "@x/plan";
import { O_RDONLY, AT_FDCWD, syscall } from "@x/syscall";
import { closeSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { isRoot, outcome, printed } from "../testing/outcome.ts";
import { children, descriptors } from "../testing/left-behind.ts";
import { clone } from "./clone.ts";
import { allKinds, type NamespaceKind } from "./kinds.ts";
import { namespacesOf, sameNamespace } from "./namespaces-of.ts";

/** An ordinary user needs a user namespace for any of the others. */
const withUser = (...kinds: NamespaceKind[]): NamespaceKind[] =>
  isRoot ? kinds : [...new Set<NamespaceKind>(["user", ...kinds])];

const sh = (script: string): string[] => ["sh", "-c", script];

describe("a new namespace isolates its own thing and nothing else", () => {
  test.each(allKinds)("%s", async (kind) => {
    const before = namespacesOf("self");
    const namespaces = withUser(kind);
    await using child = await clone(["sleep", "60"], { namespaces });
    const others = allKinds.filter((one) => !sameNamespace(child.pid, "self", one));
    expect(others.toSorted()).toEqual(namespaces.toSorted());
    expect(namespacesOf("self")).toEqual(before);
  });

  test("none at all is a plain process", async () => {
    await using child = await clone(["sleep", "60"], { namespaces: [] });
    expect(namespacesOf(child.pid)).toEqual(namespacesOf("self"));
  });
});

describe("seen from inside", () => {
  const all = { namespaces: allKinds };

  test("the process is the first of its PID namespace, and /proc shows it alone", async () => {
    const script = "echo $$; cd /proc; echo [0-9]*";
    expect(await printed(clone(sh(script), all))).toBe("1\n1");
  });

  test("the host name is another, and the host's stays", async () => {
    const name = hostname();
    expect(await printed(clone(["hostname"], { ...all, hostname: "box" }))).toBe("box");
    expect(hostname()).toBe(name);
  });

  test("there is a loopback device and no other", async () => {
    const devices = await printed(clone(["cat", "/proc/net/dev"], all));
    expect(devices.match(/^ *\w+(?=:)/gm)?.map((name) => name.trim())).toEqual(["lo"]);
  });

  test("a mount is not seen outside", async () => {
    const script = "mount -t tmpfs inside /tmp; grep -c ' - tmpfs inside ' /proc/self/mountinfo";
    expect(await printed(clone(sh(script), all))).toBe("1");
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(" - tmpfs inside ");
  });

  test("a message queue is not seen outside", async () => {
    const outside = readFileSync("/proc/sysvipc/msg", "utf8");
    const script = "ipcmk -Q >/dev/null; wc -l </proc/sysvipc/msg";
    expect(await printed(clone(sh(script), all))).toBe("2");
    expect(readFileSync("/proc/sysvipc/msg", "utf8")).toBe(outside);
  });

  test("every control group is the root", async () => {
    const groups = await printed(clone(["cat", "/proc/self/cgroup"], all));
    expect(groups.split("\n").filter((line) => !line.endsWith(":/"))).toEqual([]);
  });

  test("root is somebody with every capability, and outside it is whoever asked", async () => {
    const script = "id -u; grep CapEff /proc/self/status";
    const [id, capabilities] = (await printed(clone(sh(script), all))).split("\n");
    expect(id).toBe("0");
    expect(BigInt(`0x${capabilities?.split(/\s/)[1]}`) & 0x3f_ffff_ffffn).toBe(0x3f_ffff_ffffn);
  });

  test("message queues and /proc/net belong to root inside", async () => {
    const script =
      "mount -t tmpfs q /tmp; mkdir /tmp/q; mount -t mqueue q /tmp/q; stat -c %u /tmp/q /proc/net/dev";
    expect(await printed(clone(sh(script), all))).toBe("0\n0");
  });
});

describe("the clocks of a time namespace", () => {
  const uptime = (): number => Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);

  const ways: [string, readonly NamespaceKind[]][] = [
    ["with a user namespace", ["user", "time"]],
    ["with all others", allKinds],
  ];
  if (isRoot) ways.push(["alone", ["time"]]);

  test.each(ways)("are ahead as far as asked for, %s", async (_, namespaces) => {
    const timeOffsets = {
      boottime: { secs: 1_000_000 },
      monotonic: { secs: 2_000_000, nanosecs: 5 },
    };
    const script = "cat /proc/uptime; node -p 'process.hrtime()[0]'; cat /proc/self/timens_offsets";
    const before = process.hrtime()[0];
    const [boot, monotonic, ...offsets] = (
      await printed(clone(sh(script), { namespaces, timeOffsets }))
    ).split("\n");
    expect(Number(boot?.split(" ")[0]) - uptime()).toBeCloseTo(1_000_000, -1);
    expect(Number(monotonic) - before).toBeCloseTo(2_000_000, -1);
    expect(offsets.map((line) => line.split(/\s+/))).toEqual([
      ["monotonic", "2000000", "5"],
      ["boottime", "1000000", "0"],
    ]);
  });

  test("cannot be before the machine was started, and the kernel's error names the field", async () => {
    const impossible = {
      namespaces: ["user", "time"] as const,
      timeOffsets: { boottime: { secs: -1e9 } },
    };
    await expect(clone(["true"], impossible)).rejects.toMatchObject({
      name: "PlanError",
      code: "ERANGE",
      field: "timeOffsets",
    });
  });
});

describe("the process", () => {
  const namespaces = withUser("pid", "mount", "uts");

  test("exits with its own code", async () => {
    const child = await clone(sh("exit 7"), { namespaces });
    expect(await child.exited).toEqual({ code: 7, signal: null });
  });

  test("ends by its own signal", async () => {
    const child = await clone(sh("kill -9 $$"), { namespaces: withUser("uts") });
    expect(await child.exited).toEqual({ code: null, signal: "SIGKILL" });
  });

  test("has streams that are pipes", async () => {
    const child = await clone(["tr", "a-z", "A-Z"], { namespaces });
    child.stdin?.end("hello");
    expect(await outcome(child)).toMatchObject({ stdout: "HELLO", code: 0 });
  });

  test("sees the end of its output as soon as it has closed it", async () => {
    await using child = await clone(sh("echo done; exec >&- 2>&-; sleep 60"), { namespaces });
    await new Promise((resolve) => child.stdout?.on("end", resolve).resume());
    expect(child.kill("SIGKILL")).toBe(true);
  });

  test("gets the signals that are sent to it", async () => {
    const script = "trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done";
    const child = await clone(sh(script), { namespaces });
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    expect(child.kill("SIGTERM")).toBe(true);
    expect(await child.exited).toEqual({ code: 3, signal: null });
    expect(child.kill()).toBe(false);
  });

  test("is ended by an abort, and by being disposed of", async () => {
    const controller = new AbortController();
    const aborted = await clone(["sleep", "60"], { namespaces, signal: controller.signal });
    controller.abort();
    expect(await aborted.exited).toEqual({ code: null, signal: "SIGKILL" });
    const disposed = await clone(["sleep", "60"], { namespaces });
    await disposed[Symbol.asyncDispose]();
    expect(await disposed.exited).toEqual({ code: null, signal: "SIGKILL" });
  });

  test("has its own environment and directory, and this process's unless given", async () => {
    const script = 'echo "$A $PWD"';
    const given = { namespaces, env: { PATH: process.env["PATH"], A: "b" }, cwd: "/usr" };
    expect(await printed(clone(sh(script), given))).toBe("b /usr");
    const inherited = await printed(clone(sh("echo $HOME; pwd"), { namespaces }));
    expect(inherited).toBe(`${process.env["HOME"]}\n${process.cwd()}`);
  });

  test("has three descriptors, whatever is open here", async () => {
    const open = Array.from({ length: 5 }, () => syscall("openat", AT_FDCWD, "/", O_RDONLY));
    const listed = await printed(clone(sh("cd /proc/self/fd; echo *"), { namespaces }));
    open.forEach((fd) => closeSync(fd));
    expect(listed).toBe("0 1 2 3"); // 3 is the shell's own, for the listing
  });

  test.each([
    ["a program that is not there", ["nosuch"], { env: {} }, "ENOENT", "command[0]"],
    ["a program that may not be run", ["/etc/passwd"], {}, "EACCES", "command[0]"],
    ["a directory that is not there", ["true"], { cwd: "/nosuch" }, "ENOENT", "cwd"],
  ])("%s is an error with its field", async (_, command, options, code, field) => {
    const attempt = clone(command, { namespaces, ...options });
    await expect(attempt).rejects.toThrow(PlanError);
    await expect(attempt).rejects.toMatchObject({ code, field });
  });
});

test("a hundred leave no descriptor and no zombie", async () => {
  const run = async (): Promise<void> => {
    const child = await clone(["true"], { namespaces: allKinds, stdio: "ignore" });
    expect((await child.exited).code).toBe(0);
  };
  await run();
  const before = { descriptors: descriptors(), children: children() };
  for (let i = 0; i < 100; i++) await run();
  await new Promise((resolve) => setImmediate(resolve));
  expect({ descriptors: descriptors(), children: children() }).toEqual(before);
});
