import { detect } from "./detect.ts";
import type { Hierarchies } from "./hierarchy.ts";

/** Milliseconds. */
const STILL_NEW = 10;

let last: { readonly at: number; readonly hierarchies: Hierarchies } | undefined;
let remembered = false;

/**
 * {@link detect}, unless that was done a moment ago: whoever makes a thousand groups in a row makes
 * them in the same hierarchies, and to list the mounts costs the kernel as much as a few of them.
 */
export function detectRecently(): Hierarchies {
  const now = performance.now();
  remembered = last !== undefined && now - last.at < STILL_NEW;
  if (last === undefined || !remembered) last = { at: now, hierarchies: detect() };
  return last.hierarchies;
}

/** Makes the next look a new one; whether the one before it was not. */
export function forgetRecent(): boolean {
  const was = remembered;
  last = undefined;
  remembered = false;
  return was;
}
