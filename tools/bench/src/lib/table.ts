import type { Figures } from "./figures.ts";
import { machineText } from "./machine.ts";
import type { Share } from "./profile.ts";

const NAME = 26;
const COLUMN = 9;
const MAX_TEXT = 84;

/** The figures for people. */
export function table(figures: Figures): string {
  const { machine, rounds, warmUp, launcher, profile } = figures;
  return [
    `${rounds} rounds after ${warmUp} to warm up, in turns; ${machineText(machine)}`,
    "",
    ...times(figures),
    "",
    `The launcher: ${launcher.residentBytes / 1024} KB resident while its container sleeps, ` +
      `an executable of ${launcher.bytes} bytes, ${launcher.systemCalls} system calls.`,
    "",
    "Where a traced start goes, in µs (medians):",
    ...profile.phases.map(row),
    "its slowest system calls:",
    ...profile.slowest.map(row),
    "",
  ].join("\n");
}

function times({ milliseconds, ratios }: Figures): string[] {
  const head = ["min", "median", "p99", "x/median", "x/p99"];
  const rows = Object.entries(milliseconds).map(([name, { min, median, p99 }]) => {
    const ratio = ratios[name];
    const cells = [min, median, p99, ...(ratio === undefined ? [] : [ratio.median, ratio.p99])];
    return line(
      name,
      cells.map((cell) => cell.toFixed(2)),
    );
  });
  return [line("launch to reap, ms", head), ...rows];
}

function line(name: string, cells: readonly string[]): string {
  return `${name.padEnd(NAME)}${cells.map((cell) => cell.padStart(COLUMN)).join("")}`;
}

function row({ what, microseconds }: Share): string {
  const text = what.length > MAX_TEXT ? `${what.slice(0, MAX_TEXT)}…` : what;
  return `${microseconds.toFixed(0).padStart(7)}  ${text}`;
}
