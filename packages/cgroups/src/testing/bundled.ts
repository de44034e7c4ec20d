import { fileURLToPath } from "node:url";
import { build } from "vite";

/**
 * One of this package's entries as a single module without imports of files, to be imported by a
 * process that cannot read this repository, or that is to have no other process beside it.
 */
export function bundled(entry: "index" | "systemd"): Promise<string> {
  return (done[entry] ??= bundle(entry));
}

const done: Record<string, Promise<string>> = {};

async function bundle(entry: string): Promise<string> {
  const ssr = fileURLToPath(new URL(`../${entry}.ts`, import.meta.url));
  const result = await build({
    configFile: false,
    logLevel: "error",
    build: { write: false, minify: false, target: "node20", ssr },
  });
  if (!("output" in result)) throw new Error(`${ssr}: vite made no single output`);
  return `data:text/javascript;base64,${Buffer.from(result.output[0].code).toString("base64")}`;
}
