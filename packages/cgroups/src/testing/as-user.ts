import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Writable } from "node:stream";
import { bundled } from "./bundled.ts";

/** Who runs a script, and what is done to its process first. */
export interface Someone {
  /** Who it is, user and group; this process's own unless given. */
  readonly uid?: number;
  /** A command to run it with: `["unshare", "-C"]`. */
  readonly wrapper?: readonly string[];
  /** Which of the package's entries it has. */
  readonly entry?: "index" | "systemd";
  /** Beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with its process number before it does anything. */
  readonly before?: (pid: number) => void;
}

/**
 * Runs the body of an async function, with the package as `x`, as somebody else; resolves with what
 * it returns. A `CgroupError` that it lets through is returned, as an object; any other rejects,
 * with what was written on standard error.
 */
export async function runAs<T>(someone: Someone, body: string): Promise<T> {
  const { uid, wrapper = [], entry = "index", env, before } = someone;
  const program = `import * as x from ${JSON.stringify(await bundled(entry))};
    import child from "node:child_process";
    import fs from "node:fs";
    import { once } from "node:events";
    const own = () => fs.readFileSync("/proc/self/cgroup", "utf8").trim();
    const told = ({ code, message, hint, field }) => ({ code, message, hint, field });
    const run = async () => { ${body} };
    const result = await run().catch((error) => {
      if (error.name !== "CgroupError") throw error;
      return told(error);
    });
    console.log(JSON.stringify(result ?? null));`;
  // The shell waits to be put where it belongs, and becomes what it runs.
  const command = ["sh", "-c", 'read _ <&3; exec "$@"', "sh", ...wrapper];
  const [file, ...args] = [...command, process.execPath, "--input-type=module", "-"];
  const runner = spawn(file!, args, {
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    env: { ...process.env, ...env },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  await once(runner, "spawn");
  const [output, errors, exited] = [
    text(runner.stdout!),
    text(runner.stderr!),
    once(runner, "close"),
  ];
  runner.stdin!.end(program);
  before?.(runner.pid!);
  (runner.stdio[3] as Writable).end("go\n");
  const [code] = await exited;
  if (code !== 0) throw new Error(`exit status ${code}: ${await errors}`);
  return JSON.parse(await output) as T;
}
