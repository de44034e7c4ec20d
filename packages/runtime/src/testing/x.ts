import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

const tsx = import.meta.resolve("tsx");
const source = fileURLToPath(new URL("../x.ts", import.meta.url));

/** How the command ended and what it wrote. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line that runs `x` from its source. */
export function command(...args: readonly string[]): string[] {
  return [process.execPath, "--conditions=source", "--import", tsx, source, ...args];
}

/** Starts the command `x` from its source. */
export function spawnX(args: readonly string[], stdin: "ignore" | "pipe" = "ignore"): ChildProcess {
  const [node, ...rest] = command(...args);
  return spawn(node!, rest, {
    stdio: [stdin, "pipe", "pipe"],
    env: { ...process.env, TSX_DISABLE_CACHE: "1" },
  });
}

/** Runs the command `x` to its end. */
export async function x(...args: readonly string[]): Promise<Outcome> {
  return outcome(spawnX(args));
}

/** Waits for a started command. */
export async function outcome(child: ChildProcess): Promise<Outcome> {
  let [stdout, stderr] = ["", ""];
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { status, stdout, stderr };
}
