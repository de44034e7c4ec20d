import { start, type Sandbox } from "@x/runtime";
import { BenchError } from "./bench-error.ts";
import type { Contestant } from "./contestant.ts";

/** The container that is measured: a root directory of this machine, and a command in it. */
export function sandboxOf(dir: string, ...args: string[]): Sandbox {
  return { root: { dir }, args };
}

/** Launches of ours, from `start` until the launcher has been reaped. */
export function ours(root: string): [same: Contestant, another: Contestant] {
  let launches = 0;
  return [
    { name: "x", run: () => run(sandboxOf(root, "/bin/true")) },
    // An argument that nobody looks at: a plan that has to be made and compiled first.
    { name: "x, another each time", run: () => run(sandboxOf(root, "/bin/true", `${++launches}`)) },
  ];
}

async function run(sandbox: Sandbox): Promise<void> {
  const container = await start(sandbox, { stdio: "ignore" });
  const { code, signal } = await container.exited;
  if (code !== 0) throw new BenchError(`our own container ended with ${signal ?? code}`);
}
