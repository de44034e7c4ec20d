import type { Descriptor } from "../../spec/types.ts";
import { isDescriptor } from "../index-file.ts";

/**
 * The descriptors in what is left of an `index.json`, of which the end or some part may be missing.
 * Pure.
 */
export function salvage(text: string): Descriptor[] {
  const found: Descriptor[] = [];
  for (let at = text.indexOf("{"); at >= 0;) {
    const end = endOfObject(text, at);
    const value = end === undefined ? undefined : parsed(text.slice(at, end));
    const isWhole = isDescriptor(value);
    if (isWhole) found.push(value);
    at = text.indexOf("{", isWhole ? end : at + 1);
  }
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The place behind the brace that closes the one at `start`. */
function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  let inText = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === "\\" && inText) at++;
    else if (character === '"') inText = !inText;
    else if (inText) continue;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return at + 1;
  }
  return undefined;
}
