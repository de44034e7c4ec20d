import type { Flags } from "./invocation.ts";
import { table } from "./table.ts";
import { UsageError } from "./usage-error.ts";

/** Prints rows as a table, or what they are about as JSON. */
export function printList(
  { values }: Flags,
  data: readonly unknown[],
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const { format = "table" } = values;
  if (format === "json") process.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
  else if (format === "table") process.stdout.write(table(heading, rows));
  else throw new UsageError(`--format ${format} is neither table nor json`);
}

/** One line on standard output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A remark on standard error. */
export function remark(line: string): void {
  process.stderr.write(`x: ${line}\n`);
}
