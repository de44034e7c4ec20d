import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { text } from "node:stream/consumers";
import { build } from "vite";

const program = fileURLToPath(new URL("./store-child.ts", import.meta.url));
/** Where koffi is found, the one thing that is no part of the program. */
const cwd = fileURLToPath(new URL("../../../syscall", import.meta.url));

/** Another process that works on a store. */
export interface StoreProcess extends AsyncDisposable {
  /** Resolves when it has begun. */
  readonly begun: Promise<void>;
  /** Resolves when it has done its work; rejects when that failed. */
  readonly done: Promise<void>;
  /** Kills it, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts a task of `store-child.ts`, perhaps by a command that makes it what it is to be. */
export function startOnStore(
  task: string,
  path: string,
  argument: string,
  wrapper: readonly string[] = [],
): StoreProcess {
  const node = [process.execPath, "--input-type=module", "-", task, path, argument];
  const [file, ...args] = [...wrapper, ...node];
  const child = spawn(file!, args, { cwd, stdio: ["pipe", "pipe", "pipe"] });
  // Who is killed before it has read all does not matter.
  child.stdin.on("error", () => undefined);
  const given = bundled().then((code) => void child.stdin.end(code));
  const errors = text(child.stderr);
  const exited = once(child, "exit") as Promise<[number | null, string | null]>;
  const finish = async (): Promise<void> => {
    await given;
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

let bundling: Promise<string> | undefined;

/** The program as one module, which starts in a tenth of the time that its sources take. */
function bundled(): Promise<string> {
  return (bundling ??= bundle());
}

async function bundle(): Promise<string> {
  const conditions = { conditions: ["source"] };
  const result = await build({
    configFile: false,
    logLevel: "error",
    resolve: conditions,
    ssr: { noExternal: true, resolve: conditions },
    build: { write: false, minify: false, target: "node20", ssr: program },
  });
  if (!("output" in result)) throw new Error(`${program}: vite made no single output`);
  return result.output[0].code;
}
