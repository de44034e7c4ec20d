import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { text } from "node:stream/consumers";

const program = fileURLToPath(new URL("./store-child.ts", import.meta.url));

/** Another process that works on a store. */
export interface StoreProcess extends AsyncDisposable {
  /** Resolves when it has begun. */
  readonly begun: Promise<void>;
  /** Resolves when it has done its work; rejects when that failed. */
  readonly done: Promise<void>;
  /** Kills it, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts a task of `store-child.ts`. */
export function startOnStore(task: string, path: string, argument: string): StoreProcess {
  const child = spawn(
    process.execPath,
    ["--conditions=source", "--import", "tsx", program, task, path, argument],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const errors = text(child.stderr);
  const exited = once(child, "exit") as Promise<[number | null, string | null]>;
  const finish = async (): Promise<void> => {
    const [code, signal] = await exited;
    if (code !== 0) throw new Error(`${task}: ended with ${code ?? signal}: ${await errors}`);
  };
  const done = finish();
  // Who kills it asks no more.
  done.catch(() => undefined);
  const start = async (): Promise<void> => {
    await Promise.race([once(child.stdout, "data"), done]);
  };
  const begun = start();
  begun.catch(() => undefined);
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  return { begun, done, kill, [Symbol.asyncDispose]: kill };
}
