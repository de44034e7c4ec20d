import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BenchError } from "./bench-error.ts";

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Does something with a temporary folder, which is removed however it ends. The signal is aborted
 * with a BenchError when this process is asked to end.
 */
export async function interruptible<T>(
  run: (folder: string, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const interrupted = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => {
    interrupted.abort(new BenchError(`ended by ${signal}`));
  };
  endings.forEach((name) => process.once(name, interrupt));
  const folder = mkdtempSync(join(tmpdir(), "x-bench-"));
  try {
    return await run(folder, interrupted.signal);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    endings.forEach((name) => process.off(name, interrupt));
  }
}
