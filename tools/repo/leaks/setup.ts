import { chmodSync, mkdtempSync, rmdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { TestProject } from "vitest/node";
import { leftFiles } from "./files.ts";
import { cgroups, devices, mounts } from "./kernel.ts";
import { strays } from "./processes.ts";

/** How long something that is on its way out (a container being torn down) may take. */
const patience = 5_000;

/**
 * Vitest's global setup of a ring: gives the run a temporary folder of its own, and looks at the
 * machine before and after. The run fails when something is left, and says what.
 */
export default function setup({ name }: TestProject): () => Promise<void> {
  const temporary = mkdtempSync(join(tmpdir(), "x-test-"));
  // Tests that become another user must still be able to reach their files.
  chmodSync(temporary, 0o755);
  process.env["TMPDIR"] = temporary;
  // What tsx and Node keep of what they compiled is no leak, and no use to anyone here.
  process.env["TSX_DISABLE_CACHE"] = "1";
  process.env["NODE_DISABLE_COMPILE_CACHE"] = "1";
  process.once("exit", () => removeEmpty(temporary));
  const before = look(temporary);
  return async () => {
    const left = await settled(() => [...look(temporary)].filter((thing) => !before.has(thing)));
    report(name, left);
    if (left.length === 0) return;
    console.error(`\nLEFT BEHIND by the tests:\n${left.map((thing) => `  ${thing}`).join("\n")}\n`);
    process.exitCode = 1;
  };
}

/** What is left stays: removing a folder in which a mount may be left would reach through it. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY") throw error;
  }
}

/** One more test for the sum of tools/repo/test.mjs, which names the folder; nobody else reads it. */
function report(ring: string, left: string[]): void {
  const folder = process.env["X_RESULTS"];
  if (folder === undefined) return;
  const result = {
    ancestorTitles: [],
    title: `the ${ring} ring leaves nothing behind`,
    status: left.length === 0 ? "passed" : "failed",
    failureMessages: left.length === 0 ? [] : [left.join("; ")],
  };
  const report = { testResults: [{ name: "", assertionResults: [result] }] };
  writeFileSync(join(folder, `${ring}-leaks.json`), JSON.stringify(report));
}

function look(temporary: string): Set<string> {
  return new Set([
    ...leftFiles(temporary),
    ...mounts(),
    ...cgroups(),
    ...devices(),
    ...strays(temporary),
  ]);
}

async function settled(find: () => string[]): Promise<string[]> {
  const end = Date.now() + patience;
  let left = find();
  while (left.length > 0 && Date.now() < end) {
    await setTimeout(50);
    left = find();
  }
  return left;
}
