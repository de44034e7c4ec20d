import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { thisArch } from "@x/syscall";
import { compile, explainLines, type ExplainLine } from "@x/plan";
import { executableOf, planOf, standalonePlanOf } from "./start.ts";
import type { Sandbox } from "./sandbox.ts";

const there = available("strace");
const reason = there ? "" : " (skipped: strace is not installed)";
const host: Sandbox = { root: "host", args: ["echo", "hi"] };

describe.skipIf(!there)(`explain and strace agree${reason}`, () => {
  test.each<[string, Sandbox]>([
    ["the default plan", host],
    ["a plan with --init", { ...host, init: true }],
    ["a plan for another user", { ...host, user: { uid: 1000, gid: 1000 } }],
  ])("line by line on %s, with Node listening", async (_, sandbox) => {
    const lines = explainLines(planOf(sandbox));
    expect(await traced(sandbox, true)).toEqual(processes(lines));
  });

  test("and on a launcher that stands alone", async () => {
    const lines = explainLines(standalonePlanOf(host), { standalone: true });
    const calls = await traced(host, false);
    expect(calls).toEqual(processes(lines));
    expect(calls.flat()).toHaveLength(lines.length);
  });
});

/** The calls of each process in their order: the launcher's first, then those of its descendants. */
function processes(lines: readonly ExplainLine[]): string[][] {
  const depths = [...new Set(lines.map(({ depth }) => depth))].toSorted();
  return depths.map((depth) =>
    lines.filter((line) => line.depth === depth).map((line) => line.syscall),
  );
}

/**
 * What strace sees of a launcher, up to the wait of each process that waits and the first attempt to
 * execute the command.
 */
async function traced(sandbox: Sandbox, listening: boolean): Promise<string[][]> {
  const folder = mkdtempSync(join(tmpdir(), "x-strace-"));
  try {
    const [box, log] = [join(folder, "box"), join(folder, "log")];
    const bytes = listening
      ? compile(planOf(sandbox), { arch: thisArch(), channel: 3 })
      : executableOf(sandbox, thisArch());
    writeFileSync(box, bytes, { mode: 0o755 });
    const child = spawn("strace", ["-f", "-o", log, box], {
      stdio: ["ignore", "ignore", "inherit", listening ? "pipe" : "ignore"],
    });
    const status = await new Promise((resolve) => child.on("exit", resolve));
    expect(status).toBe(0);
    return callsByProcess(readFileSync(log, "latin1"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function callsByProcess(log: string): string[][] {
  const calls = new Map<string, string[]>();
  for (const line of log.split("\n")) {
    const [, pid, name] = /^(\d+)\s+(\w+)\(/.exec(line) ?? [];
    if (pid === undefined || name === undefined) continue;
    calls.set(pid, [...(calls.get(pid) ?? []), name]);
  }
  const all = [...calls.values()];
  all[0]!.shift(); // strace's own execve of the launcher
  return all.slice(0, all.findIndex(runsCommand) + 1).map((names) => names.slice(0, endOf(names)));
}

function runsCommand(names: readonly string[]): boolean {
  return names.includes("execve");
}

/** Behind the last call that the plan lists: what follows is the loop, or the command itself. */
function endOf(names: readonly string[]): number {
  const last = names.findIndex(
    (name, i) => ["execve", "rt_sigtimedwait"].includes(name) || (name === "ppoll" && i > 2),
  );
  return last + 1;
}

function available(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
