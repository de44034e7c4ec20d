import { flatten, type Act } from "../act.ts";
import type { FieldValue, Value } from "../value.ts";
import type { Data } from "./segments.ts";

/** Lists longer than this are not worth being sorted for the bytes it saves. */
const MAX_SORTED = 1000;

/** Puts the strings of a plan into the data, long ones first, so that short ones find their ends. */
export function placeStrings(acts: readonly Act[], data: Data): void {
  const all = flatten(acts).flatMap(stringsOf);
  if (all.length > MAX_SORTED) return;
  for (const one of all.toSorted((a, b) => b.length - a.length)) data.string(one);
}

function stringsOf(act: Act): string[] {
  switch (act.kind) {
    case "call":
      return act.call.args.flatMap(stringsIn);
    case "execve":
      return [...act.exec.files, ...act.exec.argv, ...act.exec.env].flatMap(stringsIn);
    default:
      return [];
  }
}

function stringsIn(value: Value | FieldValue): string[] {
  if (typeof value === "string") return [value];
  if (value === null || typeof value !== "object" || !("text" in value)) return [];
  return value.text.flatMap(stringsIn);
}
