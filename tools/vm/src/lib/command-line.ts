import { constants } from "node:os";
import type { GuestResult } from "./boot.ts";
import { VmError } from "./vm-error.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Exit codes of timeout(1), which has the same task. */
const timedOut = 124;
const failed = 125;

/**
 * Runs a guest for a command line: its streams are ours, its status becomes our own, signals end
 * it. 124 says that it was killed in the end, 125 that it never ran the command to its end.
 */
export async function main(boot: (signal: AbortSignal) => Promise<GuestResult>): Promise<void> {
  const controller = new AbortController();
  let exitCode: number | undefined;
  for (const signal of signals) {
    process.on(signal, () => {
      exitCode ??= 128 + constants.signals[signal];
      controller.abort();
    });
  }
  try {
    const result = await boot(controller.signal);
    if (result.timedOut) {
      process.stderr.write(
        `x-vm: killed the guest after ${Math.round(result.durationMs / 1000)} s\n`,
      );
    }
    exitCode ??= result.exitCode ?? timedOut;
  } catch (error) {
    if (exitCode === undefined) {
      process.stderr.write(`x-vm: ${error instanceof Error ? describe(error) : String(error)}\n`);
    }
    exitCode ??= failed;
  }
  process.exitCode = exitCode;
  signals.forEach((signal) => process.removeAllListeners(signal));
}

/** A number given on a command line. Throws X_VM_BAD_OPTION. */
export function numberOption(name: string, text: string | undefined): number | undefined {
  if (text !== undefined && !/^\d+$/.test(text)) {
    throw new VmError("X_VM_BAD_OPTION", `--${name} takes a whole number, not ${text}`);
  }
  return text === undefined ? undefined : Number(text);
}

/** `NAME=VALUE` and the like, cut at the first `separator`. Throws X_VM_BAD_OPTION. */
export function pairs(
  name: string,
  separator: string,
  texts: readonly string[] = [],
): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf(separator);
      if (at < 1) {
        throw new VmError("X_VM_BAD_OPTION", `--${name} lacks its ${separator}: ${text}`);
      }
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

function describe(error: Error): string {
  return error instanceof VmError
    ? `${error.message} (${error.code})`
    : (error.stack ?? error.message);
}
