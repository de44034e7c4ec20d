import { readFileSync } from "node:fs";

/**
 * Descriptors that may be kept open for reading again: a read of one that is open costs a third of
 * opening it anew. At most half of what `RLIMIT_NOFILE` grants, so that the program has the rest.
 */
let left: number | undefined;

/** Takes one of them; false when none is left. */
export function takeDescriptor(): boolean {
  left ??= half();
  if (left <= 0) return false;
  left--;
  return true;
}

/** Gives one back. */
export function giveDescriptor(): void {
  left = (left ?? 0) + 1;
}

function half(): number {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync("/proc/self/limits", "utf8"));
  return soft?.[1] === "unlimited" ? 1 << 16 : Math.floor(Number(soft?.[1] ?? 0) / 2);
}
