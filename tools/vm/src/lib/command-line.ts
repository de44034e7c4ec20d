import { constants } from "node:os";
import type { GuestResult } from "./boot.ts";
import { VmError } from "./vm-error.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Exit codes of timeout(1), which has the same task. */
const timedOut = 124;
const failed = 125;

export interface CommandLine {
  usage: string;
  /** Boots what the arguments ask for; undefined when they name no command. */
  boot: (args: readonly string[], signal: AbortSignal) => Promise<GuestResult> | undefined;
}

/**
 * Runs a guest for the command line of this process: its status becomes our own, signals end it.
 * 124 says that it was killed in the end, 125 that it never ran the command to its end.
 */
export async function main({ usage, boot }: CommandLine): Promise<void> {
  const args = process.argv.slice(2);
  if (args[0] === "--help") {
    process.stdout.write(usage);
    return;
  }
  const controller = new AbortController();
  let killedBy: (typeof signals)[number] | undefined;
  const end = (signal: NodeJS.Signals): void => {
    killedBy ??= signals.find((known) => known === signal);
    controller.abort();
  };
  signals.forEach((signal) => process.on(signal, end));
  try {
    process.exitCode = statusOf(await boot(args, controller.signal), usage);
  } catch (error) {
    process.exitCode = killedBy === undefined ? failed : 128 + constants.signals[killedBy];
    if (killedBy === undefined) {
      process.stderr.write(`x-vm: ${describe(error)}\n`);
    }
  } finally {
    signals.forEach((signal) => process.off(signal, end));
  }
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

function statusOf(result: GuestResult | undefined, usage: string): number {
  if (result === undefined) {
    process.stderr.write(usage);
    return failed;
  }
  if (result.exitCode === null) {
    const seconds = Math.round(result.durationMs / 1000);
    process.stderr.write(`x-vm: killed the guest after ${seconds} s\n`);
  }
  return result.exitCode ?? timedOut;
}

function describe(error: unknown): string {
  if (error instanceof VmError) {
    return `${error.message} (${error.code})`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
