import type { Timing } from "@x/plan";

/** The acts of a launch and how long each took, longest total last. */
export function timingTable(timings: readonly Timing[]): string {
  const inOrder = timings.toSorted((a, b) => a.index - b.index);
  const rows = inOrder.map(({ index, depth, syscall, durationNs }) => {
    const left = `${"   │".repeat(depth)}${String(index).padStart(4)}  ${syscall}`;
    return `${left.padEnd(40)}${(durationNs / 1000).toFixed(1).padStart(9)} µs\n`;
  });
  const total = timings.reduce((sum, { durationNs }) => sum + durationNs, 0);
  return `${rows.join("")}${"in all".padEnd(40)}${(total / 1000).toFixed(1).padStart(9)} µs\n`;
}
