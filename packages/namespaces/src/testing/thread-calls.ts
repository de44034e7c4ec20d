import { clone, namespacesOf, setns, unshare, type NamespaceKind } from "@x/namespaces";
import { syscall } from "@x/syscall";
import { readFileSync } from "node:fs";
import { readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { parentPort } from "node:worker_threads";

/** What the threads of tests can be told to do. */
export interface ThreadCalls {
  unshare: typeof unshare;
  setns: typeof setns;
  hostname(): string;
  namespaces(): ReturnType<typeof namespacesOf>;
  setHostname(name: string): void;
  /** A system call by itself: its result, or the error's code. */
  raw(name: "unshare" | "setns", ...args: number[]): number | string;
  read(path: string): string;
  /** Read by whichever thread of Node's pool gets it. */
  readLinkInPool(path: string): Promise<string>;
  mount(target: string): void;
  start(namespaces: readonly NamespaceKind[]): Promise<number>;
}

const calls: ThreadCalls = {
  unshare,
  setns,
  hostname,
  namespaces: () => namespacesOf("self"),
  setHostname: (name) => void syscall("sethostname", name, Buffer.byteLength(name)),
  raw(name, ...args) {
    try {
      return syscall(name, ...args);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error);
    }
  },
  read: (path) => readFileSync(path, "utf8"),
  readLinkInPool: (path) => readlink(path),
  mount: (target) => void syscall("mount", "thread", target, "tmpfs", 0, null),
  async start(namespaces) {
    const child = await clone(["sleep", "60"], { namespaces, stdio: "ignore" });
    return child.pid;
  },
};

parentPort?.on("message", async ({ name, args }: { name: keyof ThreadCalls; args: never[] }) => {
  try {
    const call = calls[name] as (...args: never[]) => unknown;
    parentPort?.postMessage({ value: await call(...args) });
  } catch (error) {
    const { message, code, field, hint } = error as Error & Record<string, unknown>;
    parentPort?.postMessage({ error: { message, code, field, hint } });
  }
});
