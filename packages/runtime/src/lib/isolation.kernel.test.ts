import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { AT_FDCWD, Descriptor, O_RDONLY, syscall } from "@x/syscall";
import { run, start } from "./start.ts";
import type { Sandbox } from "./sandbox.ts";

const isRoot = process.getuid!() === 0;
const asRoot = isRoot ? "" : " (skipped: needs root)";

/** What a script prints inside. */
async function inside(script: string, change: Partial<Sandbox> = {}): Promise<string> {
  const result = await run({ root: "host", args: ["sh", "-c", script], ...change });
  expect(result.stderr).toBe("");
  return result.stdout;
}

/** What the same script prints here: a probe that finds nothing inside must find something here. */
function outside(script: string): string {
  return execFileSync("sh", ["-c", script], { encoding: "utf8" });
}

describe("namespaces", () => {
  const kinds = ["mnt", "pid", "uts", "ipc", "net", "cgroup"];
  const ids = kinds.map((kind) => `readlink /proc/self/ns/${kind}`).join(";");

  test("are all other than ours", async () => {
    const [theirs, ours] = [await inside(ids), outside(ids)].map((all) => all.trim().split("\n"));
    expect(theirs).toHaveLength(kinds.length);
    theirs!.forEach((id, i) => expect(id).not.toBe(ours![i]));
  });

  test("but the network, if ours is asked for", async () => {
    const script = "readlink /proc/self/ns/net";
    expect(await inside(script, { network: "host" })).toBe(outside(script));
  });

  test.skipIf(isRoot)(
    "include a user namespace that maps root to us (skipped as root)",
    async () => {
      expect((await inside("cat /proc/self/uid_map")).trim().split(/\s+/)).toEqual([
        "0",
        String(process.getuid!()),
        "1",
      ]);
    },
  );
});

describe("of the host nothing is in view", () => {
  test("no file system of it but /usr and parts of /etc", async () => {
    const mounts = (text: string): string[][] =>
      text
        .trim()
        .split("\n")
        .map((line) => line.split(" "));
    const hosts = new Set(
      mounts(readFileSync("/proc/self/mountinfo", "utf8")).map(([, , device]) => device),
    );
    const inner = mounts(await inside("cat /proc/self/mountinfo"));
    const seen = inner.filter(([, , device]) => hosts.has(device));
    expect(seen.map(([, , , , point]) => point)).toContain("/usr");
    const shared = /^\/(usr|etc\/alternatives|etc\/ld\.so\.cache|etc\/ssl\/certs)(\/|$)/;
    // In a user namespace device nodes cannot be made: those of the host are lent, one by one.
    const node = /^\/(null|zero|full|random|urandom|tty)$/;
    const others = seen.filter(([, , , file, point]) => !shared.test(point!) && !node.test(file!));
    expect(others).toEqual([]);
  });

  test("no password, no key, nobody's files", async () => {
    const count =
      "cat /etc/shadow /etc/ssh/* /root/.* /home/*/.* 2>/dev/null | wc -c; ls -A /root /home /tmp /run | grep -vc :";
    const [bytes] = (await inside(`${count}; true`)).trim().split("\n");
    expect(bytes).toBe("0");
    expect(existsSync("/etc/shadow")).toBe(true);
  });

  test("no variable of our environment, in the command or its launcher", async () => {
    process.env["X_TEST_SECRET"] = "a secret";
    try {
      expect(
        (await inside("env"))
          .trim()
          .split("\n")
          .map((line) => line.split("=")[0])
          .toSorted(),
      ).toEqual(["HOME", "HOSTNAME", "PATH", "PWD"]);
      await using container = await start(
        { root: "host", args: ["sleep", "60"] },
        { stdio: "ignore" },
      );
      // Not dumpable: only root can look at all.
      if (isRoot) expect(readFileSync(`/proc/${container.launcherPid}/environ`, "utf8")).toBe("");
      expect(outside("env")).toContain("X_TEST_SECRET");
    } finally {
      delete process.env["X_TEST_SECRET"];
    }
  });

  test("no other process, and none of its files in /proc", async () => {
    const count = "ls -d /proc/[0-9]* | wc -l";
    expect(Number(await inside(count))).toBeLessThanOrEqual(4);
    expect(Number(outside(count))).toBeGreaterThan(4);
  });
});

describe("descriptors", () => {
  const list = "ls /proc/self/fd | tr '\\n' ' '";

  test("of ours never reach the command, even if they are not close-on-exec", async () => {
    const leaks = Array.from(
      { length: 50 },
      () => new Descriptor(syscall("openat", AT_FDCWD, "/", O_RDONLY, 0)),
    );
    try {
      // The positive control: a program that Node starts has them all.
      expect(outside(list).trim().split(" ").length).toBeGreaterThan(50);
      // ls itself has the folder open as 3
      expect(await inside(list)).toBe("0 1 2 3 ");
    } finally {
      leaks.forEach((leak) => leak.close());
    }
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 40])(
    "cannot be entered as the working directory by number: %i",
    async (number) => {
      using folder = new Descriptor(syscall("openat", AT_FDCWD, "/", O_RDONLY, 0));
      expect(folder.fd).toBeGreaterThan(2);
      const starting = run({ root: "host", args: ["true"], cwd: `/proc/self/fd/${number}` });
      await expect(starting).rejects.toMatchObject({ name: "PlanError", field: "cwd" });
    },
  );
});

describe("rights", () => {
  const status = "grep -E '^(Cap|NoNewPrivs|Groups)' /proc/self/status";
  const parsed = (output: string): Record<string, string> =>
    Object.fromEntries(
      output
        .trim()
        .split("\n")
        .map((line) => line.split(/:\s*/) as [string, string]),
    );
  const DOCKERS_FOURTEEN = "00000000a80425fb";
  const NONE = "0000000000000000";

  test("of root inside are Docker's fourteen, inherited by nobody", async () => {
    expect(parsed(await inside(status))).toMatchObject({
      CapInh: NONE,
      CapPrm: DOCKERS_FOURTEEN,
      CapEff: DOCKERS_FOURTEEN,
      CapBnd: DOCKERS_FOURTEEN,
      CapAmb: NONE,
      NoNewPrivs: "1",
    });
  });

  test("of another user are none", async () => {
    expect(parsed(await inside(status, { user: { uid: 1000, gid: 1000 } }))).toMatchObject({
      CapInh: NONE,
      CapPrm: NONE,
      CapEff: NONE,
      CapAmb: NONE,
      NoNewPrivs: "1",
    });
  });

  test.skipIf(!isRoot)(`of a user with groups are those groups${asRoot}`, async () => {
    const user = { uid: 1000, gid: 1000, additionalGids: [5, 1000, 44] };
    expect(parsed(await inside(status, { user }))["Groups"]?.trim()).toBe("5 44 1000");
  });

  test("can be narrowed", async () => {
    expect(parsed(await inside(status, { capabilities: ["CAP_CHOWN"] }))["CapBnd"]).toBe(
      "0000000000000001",
    );
  });

  test("do not come back by a set-user-ID program", async () => {
    const user = { uid: 1000, gid: 1000 };
    // su is set-user-ID root on every Debian; with no_new_privs and nosuid it stays who it was.
    expect(await inside("find /usr/bin/su -perm -4000 | wc -l; id -u", { user })).toBe("1\n1000\n");
    expect((await run({ root: "host", args: ["su", "-c", "id -u"], user })).exitCode).not.toBe(0);
  });
});

describe("the kernel's switches", () => {
  const switches = [
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/modprobe",
    "/proc/sysrq-trigger",
    "/proc/sys/vm/drop_caches",
    "/proc/irq/default_smp_affinity",
  ];

  test.each(switches)("cannot be opened for writing: %s", async (path) => {
    const result = await run({ root: "host", args: ["sh", "-c", `: >> ${path}`] });
    expect(result.exitCode).not.toBe(0);
    expect(result.stderr).toMatch(
      /Read-only file system|Permission denied|nonexistent|No such file/,
    );
  });

  test.skipIf(!isRoot)(`are not writable anywhere in /proc/sys or /sys${asRoot}`, async () => {
    const writable = "find /proc/sys /sys -type f -writable 2>/dev/null | wc -l";
    expect(Number(await inside(writable))).toBe(0);
    expect(Number(outside(writable))).toBeGreaterThan(100);
  });

  test("and what tells of the host are covered", async () => {
    const masked = [
      "interrupts",
      "kcore",
      "keys",
      "latency_stats",
      "sched_debug",
      "timer_list",
    ].map((name) => `/proc/${name}`);
    const bytes = `cat ${masked.join(" ")} 2>/dev/null | head -c 100 | wc -c`;
    expect(Number(await inside(bytes))).toBe(0);
    expect(Number(outside("cat /proc/interrupts | head -c 100 | wc -c"))).toBe(100);
    expect(
      await inside(
        "ls -A /proc/acpi /proc/scsi /proc/asound /sys/firmware /sys/devices/virtual/powercap 2>/dev/null | grep -v : | grep -c . ; true",
      ),
    ).toBe("0\n");
  });

  test("stay covered when the container may mount, or tries to take the covers off", async () => {
    const script =
      "umount /proc/interrupts 2>/dev/null; wc -c < /proc/interrupts; mv /proc/keys /tmp 2>/dev/null || echo no";
    expect(await inside(script)).toBe("0\nno\n");
  });
});

test("the terminal of the host is out of reach: there is none to type into", async () => {
  const here = readlinkSync("/proc/self/ns/pid");
  const session = await inside("ps -o sid= -p 1 | tr -d ' '");
  expect(here).not.toBe("");
  // A session whose leader is outside the namespace has no number inside.
  expect(["0", "1"]).toContain(session.trim());
  const terminal = await run({ root: "host", args: ["sh", "-c", ": < /dev/tty"] });
  expect(terminal.stderr).toMatch(/No such device or address/);
});
