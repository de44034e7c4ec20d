import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Delegation } from "../index.ts";
import { runAs } from "../testing/as-user.ts";
import { delegate, groupsAt, put } from "../testing/delegated.ts";
import { host, titled, whyNot } from "../testing/host.ts";

const no = whyNot() ?? (host?.mode === "v2" ? undefined : `this host is ${host?.mode}, not v2`);
const nobody = 65_534;

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly field?: string;
}

describe.skipIf(no)(`${titled("an ordinary user in a delegated part of the tree", no)}`, () => {
  test("makes groups below their own, having moved aside, and limits hold", async () => {
    using part = delegate(nobody, ["memory", "pids"]);
    const result = await runAs<Record<string, unknown>>(
      { uid: nobody, before: (pid) => put(part.leaf, pid) },
      `const group = await x.createCgroup({ memory: { limit: "64MiB", swap: "64MiB" }, pids: { limit: 32 } });
      const greedy = child.execFile("sh", ["-c", "read _; exec dd if=/dev/zero of=/dev/null bs=256M count=1"]);
      group.add(greedy.pid);
      greedy.stdin.end("go\\n");
      const [, signal] = await once(greedy, "exit");
      const made = {
        uid: process.getuid(),
        path: group.unifiedDirectory.path,
        own: own(),
        limits: group.limits(),
        signal,
        oomKill: group.stat(["memory"]).memory.events.oomKill,
      };
      await group.delete();
      return { ...made, after: own() };`,
    );
    const leaf = part.leaf.slice("/sys/fs/cgroup".length);
    expect(result).toEqual({
      uid: nobody,
      path: expect.stringMatching(`^${part.leaf}/x/[0-9.]+/[0-9a-f]{32}$`),
      own: `0::${leaf}/x-self`,
      limits: {
        memory: expect.objectContaining({ limit: 67_108_864, swap: 67_108_864 }),
        pids: { limit: 32 },
      },
      signal: "SIGKILL",
      oomKill: 1,
      after: `0::${leaf}`,
    });
    expect(groupsAt(part.leaf)).toEqual([]);
    expect(readFileSync(`${part.leaf}/cgroup.subtree_control`, "utf8").trim()).toBe("");
  });

  test("is told which controllers are there, which are not, and how to get them", async () => {
    using part = delegate(nobody, ["memory", "pids"]);
    const { told, refusal } = await runAs<{ told: Delegation; refusal: Refusal }>(
      { uid: nobody, before: (pid) => put(part.leaf, pid) },
      `const refusal = await x.createCgroup({ cpu: { quota: "10ms" } }).catch(told);
      return { told: x.delegation(), refusal };`,
    );
    expect(told).toMatchObject({ mode: "v2", places: [part.leaf] });
    expect(told.controllers).toEqual(expect.arrayContaining(["memory", "pids", "freezer"]));
    expect(told.missing).toEqual(expect.arrayContaining(["cpu", "cpuset", "io"]));
    expect(told.missing).not.toContain("memory");
    expect(told.hint).toMatch(/cpu.*cgroup\.subtree_control.*Delegate=/);
    expect(refusal).toMatchObject({ code: "X_CGROUP_NO_CONTROLLER", field: "cpu.quota" });
    expect(refusal.hint).toContain("Delegate=cpu");
    expect(groupsAt(part.leaf)).toEqual([]);
  });

  test("comes back only when the last group is gone and nobody else moved in", async () => {
    using part = delegate(nobody, ["pids"]);
    const seen = await runAs<string[]>(
      { uid: nobody, before: (pid) => put(part.leaf, pid) },
      `const seen = [];
      const one = await x.createCgroup({ pids: { limit: 9 } });
      const two = await x.createCgroup({ pids: { limit: 9 } }, { parent: "/other" });
      await one.delete();
      seen.push(own().split("/").at(-1));
      const sleeper = child.spawn("sleep", ["60"]);
      await two.delete();
      seen.push(own().split("/").at(-1));
      sleeper.kill();
      await once(sleeper, "exit");
      const three = await x.createCgroup({ pids: { limit: 9 } });
      await three.delete();
      seen.push(own().split("/").at(-1));
      return seen;`,
    );
    expect(seen).toEqual(["x-self", "x-self", "leaf"]);
    expect(groupsAt(part.leaf)).toEqual([]);
  });

  test("cannot move a process in from outside, and is told why", async () => {
    using part = delegate(nobody, ["pids"]);
    const other = spawn("sleep", ["60"], { uid: nobody, gid: nobody });
    try {
      const refusal = await runAs<Refusal>(
        { uid: nobody, before: (pid) => put(part.leaf, pid) },
        `const group = await x.createCgroup({ pids: { limit: 9 } });
        try { group.add(${other.pid}); } finally { await group.delete(); }`,
      );
      expect(refusal.code).toBe("X_CGROUP_PERMISSION");
      expect(refusal.message).toContain(`cannot move process ${other.pid}`);
      expect(refusal.hint).toContain("delegated");
    } finally {
      other.kill("SIGKILL");
      await once(other, "exit");
    }
  });

  test("is refused with the numbers of other processes that are in the way", async () => {
    using part = delegate(nobody, ["memory", "pids"]);
    const other = spawn("sleep", ["60"], { uid: nobody, gid: nobody });
    try {
      put(part.leaf, other.pid!);
      const refusal = await runAs<Refusal>(
        { uid: nobody, before: (pid) => put(part.leaf, pid) },
        `await x.createCgroup({ pids: { limit: 9 } });`,
      );
      expect(refusal).toMatchObject({ code: "X_CGROUP_BUSY" });
      expect(refusal.message).toContain(`processes ${other.pid} are in it`);
      expect(refusal.hint).toContain("x-self/cgroup.procs");
      expect(groupsAt(part.leaf)).toEqual([]);
    } finally {
      other.kill("SIGKILL");
      await once(other, "exit");
    }
  });
});

test.skipIf(no)(
  titled("a user to whom nothing was delegated is refused, and told how to get it", no),
  async () => {
    const { told, refusal } = await runAs<{ told: Delegation; refusal: Refusal }>(
      { uid: nobody },
      `const refusal = await x.createCgroup({ pids: { limit: 9 } }).catch(told);
      return { told: x.delegation(), refusal };`,
    );
    expect(refusal.code).toBe("X_CGROUP_PERMISSION");
    expect(refusal.message).toContain(`uid ${nobody}`);
    expect(refusal.hint).toContain("systemd-run --user --scope -p Delegate=yes");
    expect(told).toMatchObject({ places: [], controllers: [], hint: refusal.hint });
  },
);
