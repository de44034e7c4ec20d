import { readFileSync } from "node:fs";
import { applyLayer } from "../lib/layer/apply.ts";
import type { ImageError } from "../lib/error.ts";
import { removeTree } from "../lib/layer/remove-tree.ts";
import { bombs } from "./layer-bombs.ts";

/*
 * Applies a bomb in a process of its own, removes what came of it, and says how it went and how
 * much memory that took.
 */

const [name = "", directory = "", limits = "{}"] = process.argv.slice(2);
const { compression, chunks } = bombs[name]!;

async function* read(): AsyncGenerator<Uint8Array, void> {
  yield* chunks();
}

const options = {
  compression,
  directory,
  limits: JSON.parse(limits),
  whiteouts: "overlay",
} as const;
const outcome = await applyLayer(read(), options).then(
  ({ entries }) => ({ entries }),
  (error: ImageError) => ({ code: error.code ?? error.name, message: error.message }),
);
await removeTree(directory);
const peak = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))![1];
console.log(JSON.stringify({ ...outcome, peakBytes: Number(peak) * 1024 }));
