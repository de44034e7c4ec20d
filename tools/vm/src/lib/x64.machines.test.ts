import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { runX64 } from "./x64.ts";

describe("an x86-64 guest", () => {
  const questions: Record<string, string> = {
    controllers: "cat /sys/fs/cgroup/cgroup.controllers",
    group: "cat /proc/self/cgroup",
    oldHierarchies: "awk '$2 != 0 && !/^#/' /proc/cgroups; grep -c ' cgroup ' /proc/mounts",
    node: "node -v",
    directory: "pwd; head -n 3 package.json",
    user: "id -u; echo $HOME",
    pivot:
      "unshare -m sh -c 'mount -t tmpfs none /mnt; mkdir /mnt/usr /mnt/old;" +
      " mount --rbind /usr /mnt/usr; cd /mnt; ln -s usr/bin usr/lib usr/lib64 .;" +
      " pivot_root . old; ls /'",
    overlay:
      "mkdir /tmp/u /tmp/w; mount -t overlay none -o lowerdir=/etc,upperdir=/tmp/u,workdir=/tmp/w" +
      " /mnt && ls /mnt/debian_version",
    unprivileged: "setpriv --reuid 65534 --clear-groups unshare -Urm id -u",
    write: "echo new > package.json; cat package.json",
    devices: "ls /sys/class/net; ip -br address show lo",
    autoload:
      "ip link add type veth && ls /sys/class/net; exec 9<>/dev/fuse; ls -l /proc/self/fd/9",
    limits: "ulimit -Hn",
  };
  let answers: Record<string, string> = {};

  beforeAll(async () => {
    const script = Object.entries(questions).map(
      ([name, commands]) => `echo '@${name}'; (${commands}) 2>&1`,
    );
    const { output } = await runX64({ command: "sh", args: ["-c", script.join("\n")] });
    const parts = output.split(/^@(\w+)\n/m).slice(1);
    answers = Object.fromEntries(
      parts.flatMap((part, at) => (at % 2 === 0 ? [[part, parts[at + 1] ?? ""]] : [])),
    );
  });

  test("has every controller in one cgroup v2 tree", () => {
    expect(answers["controllers"]).toBe("cpuset cpu io memory hugetlb pids rdma misc\n");
    expect(answers["group"]).toBe("0::/\n");
    expect(answers["oldHierarchies"]).toBe("0\n");
  });

  test("runs this machine's own Node in the root of the repository", () => {
    expect(answers["node"]).toBe(`${process.version}\n`);
    expect(answers["directory"]).toContain('"name": "x"');
  });

  test("runs the command as root", () => {
    expect(answers["user"]).toBe("0\n/root\n");
  });

  test("has a root that pivot_root accepts", () => {
    expect(answers["pivot"]).toBe("bin\nlib\nlib64\nold\nusr\n");
  });

  test("takes an overlay whose upper directory is in /tmp", () => {
    expect(answers["overlay"]).toBe("/mnt/debian_version\n");
  });

  test("lets an ordinary user make a user namespace", () => {
    expect(answers["unprivileged"]).toBe("0\n");
  });

  test("keeps what it writes to itself", () => {
    expect(answers["write"]).toBe("new\n");
    const own = readFileSync(new URL("../../../../package.json", import.meta.url), "utf8");
    expect(JSON.parse(own)).toMatchObject({ name: "x" });
  });

  test("has loopback up and no other network device", () => {
    expect(answers["devices"]).toMatch(/^lo\nlo .*127\.0\.0\.1\/8/);
  });

  test("loads kernel modules when they are asked for", () => {
    expect(answers["autoload"]).toMatch(/^lo\nveth0\nveth1\n.*\/dev\/fuse\n$/);
  });

  test("allows as many open files as a machine under systemd", () => {
    expect(answers["limits"]).toBe("524288\n");
  });
});

describe("a command in an x86-64 guest", () => {
  test("hands over its status and its two streams, and leaves nothing running", async () => {
    const result = await runX64({
      command: "sh",
      args: ["-c", 'sleep 1000 & echo "$1 $GREETING"; echo trouble >&2; exit 7', "sh", "it's"],
      env: { GREETING: "hello  there" },
      cwd: "/usr",
    });
    expect(result).toMatchObject({
      exitCode: 7,
      stdout: "it's hello  there\n",
      stderr: "trouble\n",
      timedOut: false,
    });
    expect(result.bootMs).toBeLessThan(result.durationMs);
  });

  test("loses no byte of a long output, nor of what it writes to a writable folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "writable-"));
    try {
      const program =
        'const text = "0123456789abcdef".repeat(4) + "\\n";' +
        "process.stdout.write(text.repeat(200_000));" +
        'require("node:fs").writeFileSync("/tmp/out/file", text);';
      const { stdout, exitCode } = await runX64({
        command: "node",
        args: ["-e", program],
        writable: { "/tmp/out": folder },
      });
      const line = `${"0123456789abcdef".repeat(4)}\n`;
      expect(exitCode).toBe(0);
      expect(hash(stdout)).toBe(hash(line.repeat(200_000)));
      expect(readFileSync(join(folder, "file"), "utf8")).toBe(line);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("killed by a signal ends with 128 and its number", async () => {
    const { exitCode } = await runX64({ command: "sh", args: ["-c", "kill -KILL $$"] });
    expect(exitCode).toBe(137);
  });
});

describe("a guest that does not end", () => {
  test("is killed when its time is over, and what it printed is kept", async () => {
    const result = await runX64({
      command: "sh",
      args: ["-c", "echo waiting; sleep 1000"],
      timeoutMs: 30_000,
    });
    expect(result).toMatchObject({ exitCode: null, timedOut: true, stdout: "waiting\n" });
    expect(result.durationMs).toBeLessThan(35_000);
  });

  test("is killed by an abort, whose reason the caller gets", async () => {
    const controller = new AbortController();
    const guest = runX64({ command: "sleep", args: ["1000"], signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")), 500);
    await expect(guest).rejects.toThrow("enough");
  });
});

test("a guest that reboots is an error with the console's last words", async () => {
  const script = "echo '<1>a last word' > /dev/kmsg; echo b > /proc/sysrq-trigger; sleep 100";
  const guest = runX64({ command: "sh", args: ["-c", script] });
  await expect(guest).rejects.toMatchObject({
    code: "X_VM_GUEST_DIED",
    message: expect.stringContaining("a last word"),
  });
});

test("a machine without QEMU is told what to install", async () => {
  vi.stubEnv("PATH", "/nonexistent");
  try {
    await expect(runX64({ command: "true" })).rejects.toMatchObject({
      code: "X_VM_MISSING_PROGRAM",
      message: expect.stringContaining("apt-get install"),
    });
  } finally {
    vi.unstubAllEnvs();
  }
});

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
