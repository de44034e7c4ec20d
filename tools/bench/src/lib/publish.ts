import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const reports = join(import.meta.dirname, "..", "..", "..", "..", ".reports");

/** What a run of a bench has to say. */
export interface Outcome {
  /** All figures, for programs. */
  readonly figures: object;
  /** The same for people. */
  readonly text: string;
  /** One sentence for each target that was missed. */
  readonly missed: readonly string[];
}

/**
 * Prints what was found out and writes the figures to a JSON file: `.reports/NAME.json` of the
 * repository unless another is given. Returns how many targets were missed.
 */
export function publish(
  { figures, text, missed }: Outcome,
  name: string,
  json: string = join(reports, `${name}.json`),
): number {
  mkdirSync(dirname(json), { recursive: true });
  writeFileSync(json, `${JSON.stringify(figures, null, 2)}\n`);
  process.stdout.write(`${text}\n`);
  for (const sentence of missed) process.stdout.write(`${sentence}\n`);
  if (missed.length === 0) process.stdout.write("All targets reached.\n");
  process.stdout.write(`The figures are in ${resolve(json)}.\n`);
  return missed.length;
}
