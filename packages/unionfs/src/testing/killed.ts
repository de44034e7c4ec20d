import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { UnionOptions } from "../lib/mount-union.ts";

const program = fileURLToPath(new URL("mount-main.ts", import.meta.url));

/** Has another process mount a union, and kills it with SIGKILL when that is done. */
export async function mountAndDie(options: UnionOptions): Promise<void> {
  const args = ["--conditions=source", "--import", "tsx", program, JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "close");
  await Promise.race([once(child.stdout, "data"), exited]);
  child.kill("SIGKILL");
  await exited;
}
