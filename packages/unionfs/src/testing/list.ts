import type { Change } from "../lib/changes/change.ts";

const LETTERS = { added: "A", modified: "C", deleted: "D" } as const;

/** Changes as `docker diff` prints them, with what else they say behind. */
export async function list(found: AsyncIterable<Change>): Promise<string[]> {
  const lines: string[] = [];
  for await (const { kind, path, opaque, covered } of found) {
    const marks = `${opaque === true ? " opaque" : ""}${covered === true ? " covered" : ""}`;
    lines.push(`${LETTERS[kind]} ${path}${marks}`);
  }
  return lines;
}
