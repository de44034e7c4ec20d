import { chmodSync, mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { leftFiles } from "./files.ts";
import { cgroups, devices, mounts } from "./kernel.ts";
import { strays } from "./processes.ts";

/** How long something that is on its way out (a container being torn down) may take. */
const patience = 5_000;

/**
 * Vitest's global setup of a ring: gives the run a temporary folder of its own, and looks at the
 * machine before and after. The run fails when something is left, and says what.
 */
export default function setup(): () => Promise<void> {
  const temporary = mkdtempSync(join(tmpdir(), "x-test-"));
  // Tests that become another user must still be able to reach their files.
  chmodSync(temporary, 0o755);
  process.env["TMPDIR"] = temporary;
  // What tsx and Node keep of what they compiled is no leak, and no use to anyone here.
  process.env["TSX_DISABLE_CACHE"] = "1";
  process.env["NODE_DISABLE_COMPILE_CACHE"] = "1";
  const before = look(temporary);
  return async () => {
    const left = await settled(() => [...look(temporary)].filter((thing) => !before.has(thing)));
    if (left.length === 0) {
      rmdirSync(temporary);
      return;
    }
    // What is left stays: removing a folder in which a mount may be left would reach through it.
    console.error(`\nLEFT BEHIND by the tests:\n${left.map((thing) => `  ${thing}`).join("\n")}\n`);
    process.exitCode = 1;
  };
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
