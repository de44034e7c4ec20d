import { text } from "node:stream/consumers";
import type { NamespacedProcess } from "../lib/process.ts";

/** How a command went, all of it. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: string | null;
}

/** Waits until a command has ended, and gathers what it said. */
export async function outcome(child: NamespacedProcess): Promise<Outcome> {
  const [stdout, stderr, exit] = await Promise.all([
    child.stdout === null ? "" : text(child.stdout),
    child.stderr === null ? "" : text(child.stderr),
    child.exited,
  ]);
  return { stdout, stderr, ...exit };
}

/** What a command printed; the test fails when it did not end well. */
export async function printed(child: Promise<NamespacedProcess>): Promise<string> {
  const { stdout, stderr, code, signal } = await outcome(await child);
  if (code !== 0) throw new Error(`exited with ${code ?? signal}: ${stderr}`);
  return stdout.trim();
}

export const isRoot: boolean = process.getuid?.() === 0;
