import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Cgroup } from "../index.ts";

/** A process that waits until it is in its group before it does anything. */
export interface Gated extends AsyncDisposable {
  readonly pid: number;
  /** What it has printed so far. */
  readonly lines: readonly string[];
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Resolves with the next line it prints. */
  line(): Promise<string>;
}

/** Runs JavaScript in a process of its own, inside the group from the script's first statement. */
export async function gated(group: Cgroup, script: string): Promise<Gated> {
  const program = `process.stdin.once("data", () => { process.stdin.destroy(); ${script} })`;
  return start(
    group,
    spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "inherit"] }),
  );
}

/** Runs a shell script inside the group from its first command. */
export async function gatedShell(group: Cgroup, script: string): Promise<Gated> {
  const child = spawn("sh", ["-c", `read _; ${script}`], { stdio: ["pipe", "pipe", "inherit"] });
  return start(group, child);
}

async function start(group: Cgroup, child: ChildProcess): Promise<Gated> {
  const exited = once(child, "exit").then(([code, signal]) => ({ code, signal }));
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout! });
  reader.on("line", (line) => lines.push(line));
  await once(child, "spawn");
  group.add(child.pid!);
  child.stdin!.end("go\n");
  return {
    pid: child.pid!,
    lines,
    exited,
    line: async () => (await once(reader, "line"))[0] as string,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
