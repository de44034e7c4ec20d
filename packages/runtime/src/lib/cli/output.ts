import type { Flags } from "./invocation.ts";
import { jsonText, printable, table } from "./table.ts";
import { UsageError } from "./usage-error.ts";

/** Prints rows as a table, or what they are about as JSON. */
export function printList(
  { values }: Flags,
  data: readonly unknown[],
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const { format = "table" } = values;
  if (format === "json") printJson(data);
  else if (format === "table") process.stdout.write(table(heading, rows));
  else throw new UsageError(`--format ${format} is neither table nor json`);
}

/** One line on standard output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A value as JSON, without what a terminal would obey: names and labels of images are others'. */
export function printJson(value: unknown): void {
  process.stdout.write(`${jsonText(value)}\n`);
}

/** An image that was moved: by name and digest, by its digest alone, or as a line of JSON. */
export function printImage({ switches, values }: Flags, name: string, digest: string): void {
  if (values["format"] === "json") print(jsonText({ name, digest }, 0));
  else print(switches.has("quiet") ? digest : `${name}@${digest}`);
}

/** A remark on standard error. */
export function remark(line: string): void {
  process.stderr.write(`x: ${printable(line)}\n`);
}
