import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { canMakeImages, registryMissing } from "@x/image/testing";
import { build } from "vite";
import { outcome, spawnX, type Outcome, type Surroundings } from "./x.ts";

/** A store, a home and a built `x` of a test's own, in one folder that goes with it. */
export interface Workplace extends Disposable {
  readonly directory: string;
  /** What makes `x` and other tools keep to the folder. */
  readonly env: Readonly<Record<string, string>>;
  /** The command line of the built `x`. */
  readonly program: readonly string[];
  x(...args: readonly string[]): Promise<Outcome>;
  /** With something else about it. */
  xIn(surroundings: Surroundings, ...args: readonly string[]): Promise<Outcome>;
  /** Runs another tool; rejects with what it said when it fails. */
  tool(file: string, ...args: readonly string[]): Promise<string>;
}

/** Why no image can be exchanged with other tools here, and the same for the title of a test. */
export const missing: string | undefined = canMakeImages
  ? registryMissing
  : "needs root, umoci and skopeo";
export const reason: string = missing === undefined ? "" : ` (skipped: ${missing})`;

const entry = fileURLToPath(new URL("../x.ts", import.meta.url));
/** Where koffi is found: it is no part of what is built. */
const modules = fileURLToPath(new URL("../../../syscall/node_modules", import.meta.url));

/** Makes a workplace. What is built starts ten times as fast as the source. */
export async function openWorkplace(): Promise<Workplace> {
  const directory = mkdtempSync(join(tmpdir(), "x-interop-"));
  try {
    chmodSync(directory, 0o755);
    const program = [process.execPath, await built(join(directory, "program"))];
    const env = {
      X_STORE: join(directory, "store"),
      HOME: join(directory, "home"),
      XDG_RUNTIME_DIR: join(directory, "run"),
      DOCKER_CONFIG: join(directory, "home/.docker"),
      REGISTRY_AUTH_FILE: join(directory, "home/auth.json"),
      NODE_PATH: modules,
      TMPDIR: join(directory, "tmp"),
    };
    for (const folder of [env.HOME, env.XDG_RUNTIME_DIR, env.TMPDIR]) mkdirSync(folder);
    const xIn: Workplace["xIn"] = async (surroundings, ...args) =>
      outcome(
        spawnX(args, "ignore", { program, ...surroundings, env: { ...env, ...surroundings.env } }),
      );
    return {
      ...{ directory, env, program, xIn },
      x: async (...args) => xIn({}, ...args),
      tool: async (file, ...args) => {
        const options = { env: { ...process.env, ...env }, maxBuffer: 2 ** 26 };
        return (await promisify(execFile)(file, args, options)).stdout;
      },
      [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
    };
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

async function built(outDir: string): Promise<string> {
  const source = { conditions: ["source"] };
  await build({
    configFile: false,
    logLevel: "error",
    resolve: source,
    ssr: { noExternal: true, external: ["koffi"], resolve: source },
    build: { outDir, minify: false, target: "node20", ssr: entry },
  });
  return join(outDir, "x.js");
}
