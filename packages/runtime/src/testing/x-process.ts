import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Readable } from "node:stream";
import { build } from "vite";
import type { Outcome } from "./x.ts";

const program = fileURLToPath(new URL("./x-child.ts", import.meta.url));

/** How a command ended. */
export interface XOutcome extends Outcome {
  readonly signal: NodeJS.Signals | null;
  /** Milliseconds from its beginning to its end; undefined for one that was killed. */
  readonly duration: number | undefined;
}

/** A running command `x`. */
interface XProcess {
  readonly pid: number;
  /** Resolves when it has been loaded and begins, or has ended before. */
  readonly begun: Promise<void>;
  readonly outcome: Promise<XOutcome>;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts the command `x` on a store, to be killed after a time if one is given, in milliseconds from
 * its beginning.
 */
export type StartX = (
  store: string,
  args: readonly string[],
  options?: { readonly killAfter?: number },
) => XProcess;

/**
 * Puts the command `x` into a folder as one module, which starts in a fraction of the time that its
 * sources take.
 */
export async function bundleX(folder: string): Promise<StartX> {
  const file = join(folder, "x.mjs");
  await writeFile(file, await bundle());
  return (store, args, { killAfter } = {}) => begin(file, store, args, killAfter);
}

function begin(
  file: string,
  store: string,
  args: readonly string[],
  killAfter: number | undefined,
): XProcess {
  const child = spawn(process.execPath, [file, ...args], {
    env: {
      ...process.env,
      // Where koffi is found, the one thing that is no part of the module.
      NODE_PATH: fileURLToPath(new URL("../../../syscall/node_modules", import.meta.url)),
      X_STORE: store,
      ...(killAfter === undefined ? {} : { KILL_AFTER: String(killAfter) }),
    },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const texts = ["", "", ""];
  [child.stdout!, child.stderr!, child.stdio[3] as Readable].forEach((stream, i) => {
    stream.setEncoding("utf8").on("data", (text: string) => (texts[i] += text));
  });
  const begun = Promise.race([once(child.stdio[3] as Readable, "data"), once(child, "close")]);
  const finish = async (): Promise<XOutcome> => {
    const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    const [stdout = "", stderr = "", told = ""] = texts;
    const duration = /^begun\n([\d.]+)\n$/.exec(told)?.[1];
    return {
      status,
      signal,
      stdout,
      stderr,
      duration: duration === undefined ? undefined : Number(duration),
    };
  };
  return {
    pid: child.pid!,
    begun: begun.then(() => undefined),
    outcome: finish(),
    kill: (signal) => void child.kill(signal),
  };
}

async function bundle(): Promise<string> {
  const conditions = { conditions: ["source"] };
  const result = await build({
    configFile: false,
    logLevel: "error",
    resolve: conditions,
    ssr: { noExternal: true, resolve: conditions },
    build: {
      write: false,
      minify: false,
      target: "node20",
      ssr: program,
      rollupOptions: { output: { codeSplitting: false } },
    },
  });
  if (!("output" in result)) throw new Error(`${program}: vite made no single output`);
  return result.output[0].code;
}
