import { start, type Sandbox } from "@x/runtime";
import { BenchError } from "./bench-error.ts";
import type { Contestant } from "./contestant.ts";

/** The container that is measured: a root directory of this machine, and a command in it. */
export function sandboxOf(dir: string, ...args: string[]): Sandbox {
  return { root: { dir }, args };
}

/** A launch of ours, from `start` until the launcher has been reaped. */
export function ours(root: string): Contestant {
  const sandbox = sandboxOf(root, "/bin/true");
  return {
    name: "x",
    async run() {
      const container = await start(sandbox, { stdio: "ignore" });
      const { code, signal } = await container.exited;
      if (code !== 0) throw new BenchError(`our own container ended with ${signal ?? code}`);
    },
  };
}
