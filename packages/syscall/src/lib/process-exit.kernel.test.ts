import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openProcess, reap } from "./process-exit.ts";
import type { Exit } from "./process-exit.ts";
import { spawnFile } from "./spawn-file.ts";
import { syscall } from "./syscall.ts";

function shell(script: string): number {
  return spawnFile("/bin/sh", {
    argv: ["sh", "-c", script],
    env: { PATH: "/usr/bin:/bin" },
    descriptors: new Map([
      [0, 0],
      [1, 1],
      [2, 2],
    ]),
  });
}

async function run(script: string): Promise<Exit> {
  using pidfd = openProcess(shell(script));
  return await reap(pidfd);
}

/** The children of this process that have ended and were not waited for. */
function zombies(): string[] {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim();
  return children
    .split(" ")
    .filter((pid) => pid !== "" && readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z "));
}

describe("waiting for a child", () => {
  test("tells the code it exited with", async () => {
    expect(await run("exit 0")).toEqual({ code: 0, signal: null });
    expect(await run("exit 7")).toEqual({ code: 7, signal: null });
    expect(await run("exit 255")).toEqual({ code: 255, signal: null });
  });

  test("tells the signal that ended it, a real-time one too", async () => {
    expect(await run("kill -KILL $$")).toEqual({ code: null, signal: "SIGKILL" });
    expect(await run("kill -37 $$")).toEqual({ code: null, signal: "SIGRTMIN+3" });
  });

  test("works for one that has ended before", async () => {
    const pid = shell("exit 3");
    using pidfd = openProcess(pid);
    while (!zombies().includes(String(pid))) await new Promise(setImmediate);
    expect(await reap(pidfd)).toEqual({ code: 3, signal: null });
  });

  test("goes on in the event loop, which turns meanwhile", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await run("sleep 0.5");
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });

  test("reaps a thousand of them and leaves no zombie", async () => {
    const before = readdirSync("/proc/self/fd").length;
    const all: Promise<Exit>[] = [];
    for (let count = 0; count < 1000; count++) {
      all.push(run(`exit ${count % 256}`));
      if (count % 50 === 49) await all[count - 20];
    }
    const exits = await Promise.all(all);
    expect(exits.map(({ code }) => code)).toEqual(exits.map((_, count) => count % 256));
    expect(zombies()).toEqual([]);
    expect(readdirSync("/proc/self/fd").length).toBe(before);
  });

  test("stops by an abort, which ends neither the child nor leaves anything watched", async () => {
    using pidfd = openProcess(shell("exec sleep 60"));
    const before = readdirSync("/proc/self/fd").length;
    const abort = new AbortController();
    const waiting = reap(pidfd, { signal: abort.signal });
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    expect(readdirSync("/proc/self/fd").length).toBe(before);
    await expect(reap(pidfd, { signal: abort.signal })).rejects.toThrow("enough");
    syscall("pidfd_send_signal", pidfd.fd, 9, null, 0);
    expect(await reap(pidfd)).toEqual({ code: null, signal: "SIGKILL" });
  });

  test("is refused for a process that is no child", async () => {
    using pidfd = openProcess(process.ppid);
    const waiting = reap(pidfd, { signal: AbortSignal.timeout(200) });
    await expect(waiting).rejects.toMatchObject({ name: "TimeoutError" });
  });

  test("does not take children away from Node, nor Node's from it", async () => {
    const nodes = spawn("/bin/sh", ["-c", "exit 5"]);
    const [ours, [code]] = await Promise.all([run("exit 6"), once(nodes, "exit")]);
    expect([ours.code, code]).toEqual([6, 5]);
  });
});

describe("a process", () => {
  test("that does not exist cannot be opened", () => {
    expect(() => openProcess(2 ** 22)).toThrow(expect.objectContaining({ code: "ESRCH" }));
  });
});
