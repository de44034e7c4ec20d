import type { Act } from "../act.ts";
import type { FieldValue, Value } from "../value.ts";
import type { Data } from "./segments.ts";

/** Lists longer than this are not worth being sorted for the bytes it saves. */
const MAX_SORTED = 1000;

/** Puts the strings of a plan into the data; the end of one is a string as well: `etc` in `/etc`. */
export function placeStrings(acts: readonly Act[], data: Data): void {
  const all = new Set<string>();
  for (const act of acts) visitStrings(act, (one) => all.add(one));
  if (all.size > MAX_SORTED) return;
  // Read backwards and sorted, a string stands right before those that end with it.
  const backwards = [...all].map((one) => ({ one, key: [...one].toReversed().join("") }));
  backwards.sort((a, b) => (a.key < b.key ? 1 : -1));
  let longer = "";
  for (const { one } of backwards) {
    if (longer.endsWith(one)) data.end(one, longer);
    else data.string(one);
    longer = one;
  }
}

function visitStrings(act: Act, visit: (one: string) => void): void {
  if (act.kind === "call") for (const value of act.call.args) visitValue(value, visit);
  if (act.kind !== "execve") return;
  for (const list of [act.exec.files, act.exec.argv, act.exec.env]) {
    for (const value of list) visitValue(value, visit);
  }
}

function visitValue(value: Value | FieldValue, visit: (one: string) => void): void {
  if (typeof value === "string") return visit(value);
  if (value === null || typeof value !== "object" || !("text" in value)) return;
  for (const part of value.text) visitValue(part, visit);
}
