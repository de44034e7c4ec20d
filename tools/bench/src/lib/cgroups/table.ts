import { machineText } from "../machine.ts";
import { operations, type Times } from "./contestant.ts";
import type { GroupFigures } from "./figures.ts";

const NAME = 30;
const COLUMN = 9;

/** libcrun, the third that one would like to see. */
const crun =
  "crun's library: Debian has none to build against, and it refuses hosts that have both versions.";

/** The figures for people. */
export function groupTable(figures: GroupFigures): string {
  const { machine, groups, rounds, each, microseconds, ratios, missing } = figures;
  const { watching, importing } = figures;
  return [
    `${groups} groups, each with one process; ${rounds} rounds, in turns; ${machineText(machine)}`,
    `A group here: ${each.directories} directories, ${each.writes} files written when it is made, ` +
      `${each.filesRead} read by stat().`,
    "",
    line("µs for one group, medians", operations),
    ...Object.entries(microseconds).map(([name, times]) => row(name, times, 0)),
    "",
    line("ours in parts of theirs", operations),
    ...Object.entries(ratios).map(([name, times]) => row(name, times, 2)),
    "The libraries read other files than ours; containerd's leaves the v2 tree of a hybrid host out.",
    "",
    ...missing.map((text) => `Not measured: ${text}`),
    `Not measured: ${crun}`,
    "",
    `Memory and CPU of ${watching.groups} groups, ${perSecond(watching)} rounds a second: ` +
      `${watching.share.toFixed(2)} of a CPU, ${watching.microseconds.toFixed(1)} µs for one group.`,
    `import of the package: ${importing.median.toFixed(1)} ms (${importing.min.toFixed(1)} at least).`,
    "",
  ].join("\n");
}

function perSecond({ rounds, seconds }: GroupFigures["watching"]): string {
  return (rounds / seconds).toFixed(1);
}

function row(name: string, times: Times, decimals: number): string {
  return line(
    name,
    operations.map((operation) => times[operation].toFixed(decimals)),
  );
}

function line(name: string, cells: readonly string[]): string {
  return `${name.padEnd(NAME)}${cells.map((cell) => cell.padStart(COLUMN)).join("")}`;
}
