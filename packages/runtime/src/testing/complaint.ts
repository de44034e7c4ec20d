import type { Outcome } from "./x.ts";

/**
 * How a command failed: its status and what it said besides its progress, a line each. Of a good
 * one that is a single sentence.
 */
export function complaint({
  status,
  stderr,
}: Outcome): [status: number | null, ...lines: string[]] {
  const lines = stderr.split("\n").filter((line) => line !== "" && !/^[0-9a-f]{12} /.test(line));
  return [status, ...lines];
}
