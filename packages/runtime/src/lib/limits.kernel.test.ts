import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { detect, type Resources } from "@x/cgroups";
import { explainLines, type Inject } from "@x/plan";
import { groupsOf } from "../testing/groups.ts";
import { groupSketch } from "./group-sketch.ts";
import type { Sandbox } from "./sandbox.ts";
import { planOf, run, start } from "./start.ts";

const isRoot = process.getuid!() === 0;
const reason = isRoot ? "" : " (skipped: needs root)";
const MiB = 2 ** 20;

/** A container of this machine's programs with limits. */
function limited(script: string, resources: Resources = {}): Sandbox {
  return { root: "host", args: ["sh", "-c", script], resources };
}

describe.skipIf(!isRoot)(`a container with limits${reason}`, () => {
  afterEach(() => expect(groupsOf(process.pid)).toEqual([]));

  test("has a group in every hierarchy while it runs, and none when it has ended", async () => {
    const container = await start(limited("sleep 60"), { stdio: "ignore" });
    const { directories, name } = container.cgroup!;
    expect(directories).toHaveLength(detect().all.length);
    for (const { path } of directories) expect(path).toMatch(new RegExp(`/x/[\\d.]+/${name}$`));
    expect(container.cgroup!.processes({ recursive: true })).toContain(container.pid);
    expect(container.cgroup!.processes({ recursive: true })).not.toContain(container.launcherPid);
    container.kill("SIGKILL");
    expect(await container.ended).toMatchObject({ signal: "SIGKILL", oom: false });
    expect(directories.filter(({ path }) => existsSync(path))).toEqual([]);
  });

  test("is in its groups in every hierarchy, and sees them as the roots", async () => {
    const mounted = detect().all.map(({ version, controllers, name }) =>
      version === 2 ? "0::" : name === undefined ? `:${controllers.join(",")}` : `:name=${name}`,
    );
    const { stdout } = await run(limited("cat /proc/self/cgroup"));
    const lines = stdout.replaceAll("blkio", "io").split("\n");
    for (const one of mounted) {
      expect(lines.find((line) => line.includes(one))).toMatch(/:\/$/);
    }
  });

  test("is killed when it takes more memory than it may, and says so", async () => {
    const hungry = "const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1));";
    const args = [process.execPath, "-e", hungry];
    const options = nodeIn({ ...limited("", { memory: { limit: "32MiB" } }), args });
    expect(await run(options)).toMatchObject({ signal: "SIGKILL", exitCode: null, oom: true });
    await using container = await start(options, { stdio: "ignore" });
    expect(await container.ended).toMatchObject({ oom: true, memoryLimit: 32 * MiB });
  });

  test("is not, when it takes less, nor is its launcher's memory counted", async () => {
    const modest = limited("head -c 8000000 /dev/zero | tail -c 1 | wc -c", {
      memory: { limit: "64MiB" },
    });
    expect(await run(modest)).toMatchObject({ exitCode: 0, oom: false, stdout: "1\n" });
  });

  test("has no swap beside its memory, unless it is told how much", async () => {
    const swapOf = async (swap?: Resources["memory"]): Promise<unknown> => {
      const memory = { limit: 64 * MiB, ...swap };
      await using container = await start(limited("sleep 60", { memory }), { stdio: "ignore" });
      return container.cgroup!.limits().memory?.swap;
    };
    const given = await swapOf({ swap: 96 * MiB });
    // A kernel without accounting of swap has no such limit.
    if (given === undefined) return;
    expect(given).toBe(96 * MiB);
    expect(await swapOf()).toBe(64 * MiB);
  });

  test("cannot fork at its limit of processes", async () => {
    const script = "for i in 1 2 3 4 5 6 7 8; do sleep 0.3 & done; wait";
    const few = await run(limited(script, { pids: { limit: 5 } }));
    expect(few.stderr).toMatch(/fork/i);
    expect((await run(limited(script, { pids: { limit: 50 } }))).stderr).toBe("");
  });

  test("runs on the CPUs it was given", async () => {
    const script = "grep Cpus_allowed_list /proc/self/status";
    const { stdout } = await run(limited(script, { cpu: { cpus: "0" } }));
    expect(stdout.trim().split(/\s+/)).toEqual(["Cpus_allowed_list:", "0"]);
  });

  test("uses no more CPU time than its quota", async () => {
    const cpu = { quota: 30_000, period: 100_000 };
    await using container = await start(limited("while :; do :; done", { cpu }), {
      stdio: "ignore",
    });
    const usage = (): number => container.cgroup!.stat(["cpu"]).cpu!.usageUsec!;
    const [before, begin] = [usage(), performance.now()];
    await delay(1500);
    const share = (usage() - before) / (1000 * (performance.now() - begin));
    expect(share).toBeLessThan(0.36);
    expect(share).toBeGreaterThan(0.1);
  });

  test("can be given other limits while it runs", async () => {
    const { cgroup, ...container } = await start(limited("sleep 60", { pids: { limit: 20 } }), {
      stdio: "ignore",
    });
    await cgroup!.update({ pids: { limit: 30 } });
    expect(cgroup!.limits().pids).toEqual({ limit: 30 });
    await container[Symbol.asyncDispose]();
  });

  test("is refused by field before anything is there, when its limits make no sense", async () => {
    for (const [resources, field] of [
      [{ memory: { limit: -1 } }, "resources.memory.limit"],
      [{ cpu: { cpus: "0-999" } }, "resources.cpu.cpus"],
      [{ devices: [{ allow: true, type: "x" }] }, "resources.devices"],
    ] as [Resources, string][]) {
      await expect(run(limited("true", resources))).rejects.toMatchObject({
        name: "SandboxError",
        field: expect.stringContaining(field),
        message: expect.stringContaining(field),
      });
    }
  });

  test("has its group deleted by whoever disposes of it or aborts it", async () => {
    {
      await using container = await start(limited("sleep 60"), { stdio: "ignore" });
      expect(groupsOf(process.pid)).not.toEqual([]);
      expect(container.cgroup!.processes({ recursive: true })).not.toEqual([]);
    }
    expect(groupsOf(process.pid)).toEqual([]);
    const early = AbortSignal.abort();
    await expect(start(limited("true"), { signal: early })).rejects.toBe(early.reason);
    const late = new AbortController();
    const running = run(limited("sleep 60"), { signal: late.signal });
    setTimeout(() => late.abort(), 200);
    await expect(running).rejects.toThrow("aborted");
    expect(groupsOf(process.pid)).toEqual([]);
  });

  test("ends well, though its owner deletes its group before", async () => {
    const container = await start(limited("sleep 60"), { stdio: "ignore" });
    await container.cgroup!.kill();
    await container.exited;
    await container.cgroup!.delete();
    expect(await container.ended).toEqual({ code: null, signal: "SIGKILL", oom: false });
  });
});

describe.skipIf(!isRoot)(`whatever goes wrong with the launch${reason}`, () => {
  const sandbox = limited("true");
  const cgroup = isRoot ? groupSketch(detect(), 0) : [];
  const lines = explainLines(planOf(sandbox, { cgroup }));
  const fork = lines.findIndex(({ syscall }) => syscall === "clone3");
  const unshared = lines.findIndex(({ text }) => text === "unshare(CLONE_NEWCGROUP)");
  const steps = [
    ...lines.slice(fork - 1, unshared + 2), // the groups, and what is around them
    ...lines.slice(unshared + 2, -3).filter((_, i) => i % 40 === 0),
  ].map(({ index, text }) => [index, text.slice(0, 70)] as const);

  test.each(steps)("at step %i, %s: no group is left", async (index) => {
    const faults: Inject[] = [
      { step: index, errno: "EIO" },
      { step: index, kill: true },
    ];
    for (const inject of faults) {
      await expect(start(sandbox, { stdio: "ignore", inject })).rejects.toMatchObject({
        name: "PlanError",
      });
      expect(groupsOf(process.pid)).toEqual([]);
    }
  });

  test("a command that is missing leaves no group, either", async () => {
    const missing = { ...sandbox, args: ["nosuch"] };
    await expect(run(missing)).rejects.toMatchObject({ code: "ENOENT", syscall: "execve" });
    expect(groupsOf(process.pid)).toEqual([]);
  });
});

/** Node of this machine where it is not among the programs of `/usr`. */
function nodeIn(sandbox: Sandbox): Sandbox {
  if (process.execPath.startsWith("/usr/")) return sandbox;
  const { execPath: source } = process;
  return { ...sandbox, mounts: [{ type: "bind", source, destination: source, readonly: true }] };
}
