import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openMountNamespace } from "./mount-namespace.ts";

/** A containerd whose directories, socket and mounts are its own. */
export interface Containerd extends AsyncDisposable {
  /** What `ctr` wrote to standard output. Rejects with what it said when it fails. */
  ctr(...args: readonly string[]): Promise<string>;
  /** The SHA-256 of a blob that it has, in hexadecimal. */
  hashOf(digest: string): Promise<string>;
}

/** Starts a containerd in a new directory, and waits for its socket. */
export async function startContainerd(directory: string): Promise<Containerd> {
  mkdirSync(directory);
  const socket = join(directory, "socket");
  const settings = join(directory, "config.toml");
  writeFileSync(
    settings,
    `version = 2
root = "${join(directory, "root")}"
state = "${join(directory, "state")}"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "${socket}"
[plugins."io.containerd.internal.v1.opt"]
path = "${join(directory, "opt")}"
`,
  );
  const namespace = await openMountNamespace();
  const [file, ...enter] = namespace.enter;
  const watcher = watch(directory);
  const child = spawn(file!, [...enter, "containerd", "--config", settings], { stdio: "ignore" });
  const exited = once(child, "exit");
  const listens = new Promise<void>((resolve) => {
    const look = (): void => void (existsSync(socket) && resolve());
    watcher.on("change", look);
    look();
  });
  const ended = exited.then(([code]) => Promise.reject(new Error(`containerd ended with ${code}`)));
  try {
    await Promise.race([listens, ended]);
  } finally {
    watcher.close();
    ended.catch(() => {});
  }
  return {
    ctr: async (...args) => namespace.run("ctr", "--address", socket, ...args),
    hashOf: async (digest) => {
      const script = 'ctr --address "$0" content get "$1" | sha256sum';
      return (await namespace.run("sh", "-c", script, socket, digest)).slice(0, 64);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await exited;
      await namespace[Symbol.asyncDispose]();
    },
  };
}
