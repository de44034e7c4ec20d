import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** How it went to apply a bomb. */
export interface BombOutcome {
  readonly code?: string;
  readonly message?: string;
  readonly entries?: number;
  /** The most memory that the process had. */
  readonly peakBytes: number;
}

const program = fileURLToPath(new URL("./layer-bomb-child.ts", import.meta.url));
/** Where fzstd is found, and koffi: they are no part of the program. */
const cwd = fileURLToPath(new URL("../..", import.meta.url));
const modules = fileURLToPath(new URL("../../../syscall/node_modules", import.meta.url));

/** Applies a bomb of `layer-bombs.ts` to a directory, in another process, and removes it again. */
export async function applyBomb(
  name: string,
  directory: string,
  limits: object = {},
): Promise<BombOutcome> {
  const args = ["--input-type=module", "-", name, directory, JSON.stringify(limits)];
  const env = { ...process.env, NODE_PATH: modules };
  const child = spawn(process.execPath, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
  const [output, errors, exited] = [text(child.stdout), text(child.stderr), once(child, "exit")];
  child.stdin.end(await (bundle ??= bundled()));
  const [code] = await exited;
  if (code !== 0) throw new Error(`exit status ${code}: ${await errors}`);
  return JSON.parse(await output) as BombOutcome;
}

let bundle: Promise<string> | undefined;

async function bundled(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["source"] },
    ssr: { noExternal: true, resolve: { conditions: ["source"] } },
    build: {
      write: false,
      minify: false,
      target: "node20",
      ssr: program,
      rollupOptions: { output: { codeSplitting: false } },
    },
  });
  if (!("output" in result)) throw new Error("vite made no single output");
  return result.output[0].code;
}
