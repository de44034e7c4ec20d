import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

/** Whether there is a containerd to start, by who may. */
export const hasContainerd: boolean =
  process.getuid?.() === 0 && existsSync("/usr/bin/containerd") && existsSync("/usr/bin/ctr");

/** A containerd with a store of its own. */
export interface TestContainerd extends AsyncDisposable {
  /** What `ctr` says to these arguments. */
  ctr(...args: string[]): Promise<string>;
}

/** Starts a containerd and waits until it listens. */
export async function startContainerd(): Promise<TestContainerd> {
  const folder = mkdtempSync(join(tmpdir(), "containerd-"));
  const socket = join(folder, "socket");
  const config = [
    "version = 2",
    `root = "${folder}/root"`,
    `state = "${folder}/state"`,
    'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
    `grpc = { address = "${socket}" }`,
  ];
  writeFileSync(join(folder, "config.toml"), config.join("\n"));
  const child = spawn("containerd", ["-c", join(folder, "config.toml")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exit = once(child, "exit");
  const log = createInterface(child.stderr);
  await new Promise<void>((resolve, reject) => {
    log.on("line", (line) => line.includes("successfully booted") && resolve());
    child.once("exit", () => reject(new Error("containerd ended before it listened")));
  });
  return {
    ctr: async (...args) => (await promisify(execFile)("ctr", ["-a", socket, ...args])).stdout,
    async [Symbol.asyncDispose]() {
      child.kill();
      await exit;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
