import { spawn } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { leftFiles } from "./files.ts";
import { mounts } from "./kernel.ts";
import { strays } from "./processes.ts";

test("a file left in the run's temporary folder is named", () => {
  const path = mkdtempSync(join(tmpdir(), "left-"));
  expect(leftFiles(tmpdir())).toContain(`file ${path}`);
  rmdirSync(path);
  expect(leftFiles(tmpdir())).not.toContain(`file ${path}`);
});

test("a child nobody ended is named", async () => {
  const child = spawn("sleep", ["60"]);
  const left = (): string[] => strays(tmpdir()).filter((line) => isOf(line, child.pid));
  await vi.waitFor(() => expect(left()[0]).toMatch(/sleep \(S\) sleep 60$/));
  child.kill();
  await vi.waitFor(() => expect(left()).toEqual([]));
});

test("an orphan is known by the temporary folder in its environment", async () => {
  const shell = spawn("sh", ["-c", "setsid sleep 61 >/dev/null 2>&1 & echo $!"]);
  const pid = await new Promise<number>((resolve) => {
    shell.stdout.once("data", (text: Buffer) => resolve(Number(text)));
  });
  await new Promise((resolve) => shell.once("exit", resolve));
  const left = (): string[] => strays(tmpdir()).filter((line) => isOf(line, pid));
  await vi.waitFor(() => expect(left()).toHaveLength(1));
  process.kill(pid);
  await vi.waitFor(() => expect(left()).toEqual([]), 10_000);
});

test("the root mount is among the mounts", () => {
  expect(mounts().some((line) => / at \/ \(/.test(line))).toBe(true);
});

function isOf(line: string, pid: number | undefined): boolean {
  return line.startsWith(`process ${pid} `);
}
