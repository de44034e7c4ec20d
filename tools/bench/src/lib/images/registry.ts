import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { BenchError } from "../bench-error.ts";
import type { Served } from "./serve.ts";

const program = join(import.meta.dirname, "..", "..", "..", "bin", "image-registry.mjs");

/** A registry with the images, in a process of its own, until it is disposed of. */
export interface ImageRegistry extends Served, AsyncDisposable {}

/** Starts it, with the images made anew; what they consist of goes into `folder`. */
export async function startImageRegistry(
  folder: string,
  images: readonly string[],
  signal: AbortSignal,
): Promise<ImageRegistry> {
  const args = ["--conditions=source", program, folder, ...images];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const end = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  signal.addEventListener("abort", () => child.stdin.end(), { once: true });
  for await (const line of createInterface(child.stdout)) {
    return { ...(JSON.parse(line) as Served), [Symbol.asyncDispose]: end };
  }
  await ended;
  signal.throwIfAborted();
  throw new BenchError("there is no registry to pull from: see above");
}
