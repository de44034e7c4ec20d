import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { isRoot } from "../testing/outcome.ts";
import { startThread } from "../testing/thread.ts";
import { allKinds, type NamespaceKind } from "./kinds.ts";

const program = fileURLToPath(new URL("../testing/outlived.ts", import.meta.url));
const run = ["--conditions=source", "--import", "tsx"];

/** Ended, if perhaps not yet reaped by whoever inherited it. */
function isOver(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/status`)) return true;
  return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
}

describe("a command does not outlive the program that started it", () => {
  test.each<[string, readonly NamespaceKind[]]>([
    ["in all namespaces", allKinds],
    ["without a PID namespace", isRoot ? ["uts"] : ["user", "uts"]],
  ])("%s", async (_, kinds) => {
    const parent = spawn(process.execPath, [...run, program, JSON.stringify(kinds)]);
    const pid = await new Promise<number>((resolve, reject) => {
      parent.stdout.once("data", (data: Buffer) => resolve(Number(data)));
      parent.once("exit", () => reject(new Error("it has ended too early")));
    });
    expect(isOver(pid)).toBe(false);
    parent.removeAllListeners("exit");
    parent.kill("SIGKILL");
    await vi.waitFor(() => expect(isOver(pid)).toBe(true), 5_000);
  });
});

test("a command that a worker thread has started ends with that thread", async () => {
  const thread = startThread();
  const pid = await thread.call("start", ["user", "pid"]);
  expect(isOver(pid)).toBe(false);
  await thread[Symbol.asyncDispose]();
  await vi.waitFor(() => expect(isOver(pid)).toBe(true), 5_000);
});

test("worker threads that exit in the middle of it take nothing down with them", () => {
  const busy = fileURLToPath(new URL("../testing/busy-workers.mjs", import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [busy], { encoding: "utf8" });
  expect(stdout, stderr).toBe("survived\n");
});
