import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Mode } from "../compliance/run.ts";

/** How a check ended: what it threw, or null. */
export type Outcomes = Readonly<Record<string, string | null>>;

const program = fileURLToPath(new URL("checks-main.ts", import.meta.url));

/** Runs all checks of a mode as root of a user namespace that has mounts of its own. */
export async function checkInUserNamespace(mode: Mode): Promise<Outcomes> {
  const node = [process.execPath, "--conditions=source", "--import", "tsx", program];
  const child = spawn("unshare", ["-Urm", ...node, JSON.stringify(mode)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [output] = await Promise.all([text(child.stdout), once(child, "close")]);
  return JSON.parse(output) as Outcomes;
}
