import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

/** A mount namespace of a test's own: what is mounted there goes with it. */
export interface MountNamespace extends AsyncDisposable {
  /** The command line that runs another one in it. */
  readonly enter: readonly string[];
  /** Runs a program in it. Rejects with what it said when it fails. */
  run(file: string, ...args: readonly string[]): Promise<string>;
  /** Where a path of its is seen from outside. Source: proc_pid_root(5). */
  outside(path: string): string;
}

/** Makes a mount namespace out of ours. Needs root. */
export async function openMountNamespace(): Promise<MountNamespace> {
  const holder = spawn(
    "unshare",
    ["--mount", "--propagation", "private", "sh", "-c", "echo ready; read end"],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  await once(holder.stdout, "data");
  const enter = ["nsenter", `--mount=/proc/${holder.pid}/ns/mnt`, "--"];
  return {
    enter,
    run: async (...args) => {
      const [file, ...rest] = [...enter, ...args];
      return (await promisify(execFile)(file!, rest, { maxBuffer: 2 ** 26 })).stdout;
    },
    outside: (path) => `/proc/${holder.pid}/root${path}`,
    [Symbol.asyncDispose]: async () => {
      const exited = once(holder, "exit");
      holder.stdin.end();
      await exited;
    },
  };
}
