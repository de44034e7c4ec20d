import { CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWTIME, CLONE_NEWUSER } from "@x/syscall";
import { closeSync, mkdtempSync, openSync, readFileSync, rmdirSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot } from "../testing/outcome.ts";
import { startThread } from "../testing/thread.ts";
import { clone } from "./clone.ts";
import { allKinds } from "./kinds.ts";
import { namespacesOf } from "./namespaces-of.ts";
import type { NamespacedProcess } from "./process.ts";
import { setns } from "./setns.ts";
import { unshare } from "./unshare.ts";

describe.skipIf(!isRoot)("a worker thread holds other namespaces (needs root)", () => {
  test("and the rest of the process keeps its own", async () => {
    const before = { name: hostname(), namespaces: namespacesOf("self") };
    await using thread = startThread();
    await thread.call("unshare", ["uts", "net", "ipc", "cgroup"]);
    await thread.call("setHostname", "of-a-thread");

    expect(await thread.call("hostname")).toBe("of-a-thread");
    expect(await thread.call("read", "/proc/thread-self/net/dev")).not.toMatch(/eth|ens|enp/);
    const theirs = await thread.call("namespaces");
    const moved = allKinds.filter((kind) => theirs[kind]?.inode !== before.namespaces[kind]?.inode);
    expect(moved.toSorted()).toEqual(["cgroup", "ipc", "net", "uts"]);

    expect({ name: hostname(), namespaces: namespacesOf("self") }).toEqual(before);
  });

  test("and so does Node's thread pool, which reads files for it", async () => {
    const link = "/proc/thread-self/ns/uts";
    await using thread = startThread();
    const before = await thread.call("readLinkInPool", link);
    await thread.call("unshare", ["uts"]);
    expect(await thread.call("readLinkInPool", link)).toBe(before);
    expect((await thread.call("namespaces")).uts?.inode).not.toBe(namespacesOf("self").uts?.inode);
  });

  test("and what it starts is in them, too", async () => {
    await using thread = startThread();
    await thread.call("unshare", ["uts"]);
    const pid = await thread.call("start", ["ipc"]);
    const { uts, ipc } = namespacesOf(pid);
    const own = await thread.call("namespaces");
    expect(uts).toEqual(own.uts);
    expect(ipc).not.toEqual(own.ipc);
  });

  test("and what it mounts does not get across", async () => {
    const folder = mkdtempSync(join(tmpdir(), "thread-"));
    {
      await using thread = startThread();
      await thread.call("unshare", ["mount"]);
      await thread.call("mount", folder);
      expect(await thread.call("read", "/proc/thread-self/mountinfo")).toContain(folder);
      expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(folder);
    }
    rmdirSync(folder);
  });
});

describe.skipIf(!isRoot)("a worker thread joins namespaces of a process (needs root)", () => {
  let target: NamespacedProcess;
  beforeAll(async () => {
    const namespaces = ["uts", "net", "ipc", "cgroup"] as const;
    target = await clone(["sleep", "60"], { namespaces, hostname: "target" });
  });
  afterAll(() => target[Symbol.asyncDispose]());

  test("all that differ", async () => {
    await using thread = startThread();
    await thread.call("setns", target.pid);
    expect(await thread.call("hostname")).toBe("target");
    expect(await thread.call("namespaces")).toEqual(namespacesOf(target.pid));
    expect(hostname()).not.toBe("target");
  });

  test("one of them, by its path", async () => {
    await using thread = startThread();
    await thread.call("setns", { uts: `/proc/${target.pid}/ns/uts` });
    expect(await thread.call("hostname")).toBe("target");
    const { net } = await thread.call("namespaces");
    expect(net).toEqual(namespacesOf("self").net);
  });
});

describe("what a process with threads cannot have is refused by name", () => {
  test.each(["user", "pid", "time"] as const)("unshare of a %s namespace", (kind) => {
    const before = namespacesOf("self");
    expect(() => unshare(["uts", kind])).toThrow(
      expect.objectContaining({ code: "X_NAMESPACE_THREADS", field: "namespaces[1]" }),
    );
    expect(namespacesOf("self")).toEqual(before);
  });

  test("setns to a process that differs in such a kind", async () => {
    await using target = await clone(["sleep", "60"], { namespaces: ["user", "uts"] });
    const before = namespacesOf("self");
    expect(() => setns(target.pid)).toThrow(
      expect.objectContaining({
        code: "X_NAMESPACE_THREADS",
        hint: expect.stringContaining("enter()"),
      }),
    );
    expect(namespacesOf("self")).toEqual(before);
  });
});

describe("and these are the kernel's answers that the refusals stand for", () => {
  test("unshare: EINVAL for a user namespace", async () => {
    await using thread = startThread();
    expect(await thread.call("raw", "unshare", CLONE_NEWUSER)).toBe("EINVAL");
  });

  test.skipIf(!isRoot)(
    "unshare: success that leaves the thread where it is, for PID and time (needs root)",
    async () => {
      await using thread = startThread();
      const before = await thread.call("namespaces");
      expect(await thread.call("raw", "unshare", CLONE_NEWTIME)).toBe(0);
      expect(await thread.call("raw", "unshare", CLONE_NEWPID)).toBe(0);
      expect(await thread.call("namespaces")).toEqual(before);
    },
  );

  test.skipIf(!isRoot)("unshare of a PID namespace: no more threads, EINVAL (needs root)", () => {
    const code = `
      import { syscall } from "@x/syscall";
      import { Worker } from "node:worker_threads";
      syscall("unshare", ${CLONE_NEWPID});
      new Worker("", { eval: true });
    `;
    const args = ["--conditions=source", "--import", "tsx", "--input-type=module", "-e", code];
    const { stderr } = spawnSync(process.execPath, args, {
      cwd: import.meta.dirname,
      encoding: "utf8",
    });
    expect(stderr).toContain("Error: EINVAL");
  });

  test.skipIf(!isRoot)(
    "setns: EINVAL for mount and user, EUSERS for time (needs root)",
    async () => {
      await using target = await clone(["sleep", "60"], { namespaces: ["user", "mount", "time"] });
      await using thread = startThread();
      const attempt = async (file: string, flag: number): Promise<number | string> => {
        const fd = openSync(`/proc/${target.pid}/ns/${file}`, "r");
        const answer = await thread.call("raw", "setns", fd, flag);
        closeSync(fd);
        return answer;
      };
      expect(await attempt("mnt", CLONE_NEWNS)).toBe("EINVAL");
      expect(await attempt("user", CLONE_NEWUSER)).toBe("EINVAL");
      expect(await attempt("time", CLONE_NEWTIME)).toBe("EUSERS");
    },
  );
});
