import { machineText } from "../machine.ts";
import { OURS } from "./contestants.ts";
import { fastestPeer, type ImageFigures, type PulledImage } from "./figures.ts";
import { partNames } from "./parts.ts";
import { megabytes } from "./targets.ts";

const NAME = 30;
const COLUMN = 14;

/** The figures for people. */
export function imageTable({ machine, rounds, images }: ImageFigures): string {
  return [
    `Pulled and unpacked into an empty store; ${rounds} rounds, in turns; ${machineText(machine)}`,
    "What the registry reads is in the page cache, for all of them.",
    ...images.flatMap(imageLines),
    "",
  ].join("\n");
}

function imageLines(image: PulledImage): string[] {
  const { milliseconds, memory, parts } = image;
  const { name, ratio } = fastestPeer(image);
  const whole = milliseconds[OURS]!;
  return [
    "",
    line(`${image.name}, medians`, ["ms", "peak memory"]),
    ...Object.entries(milliseconds).map(([contestant, time]) => {
      const peak = memory[contestant];
      return line(contestant, [time.toFixed(0), peak === undefined ? "" : megabytes(peak)]);
    }),
    `${OURS} takes ${ratio.toFixed(2)} of the time of ${name}.`,
    "Each part of it alone, one layer after the other, and in parts of the whole (they overlap):",
    ...partNames.map((part) => {
      const share = `${Math.round((parts[part] / whole) * 100)} %`;
      return line(`  ${part}`, [parts[part].toFixed(0), share]);
    }),
  ];
}

function line(name: string, cells: readonly string[]): string {
  return `${name.padEnd(NAME)}${cells.map((cell) => cell.padStart(COLUMN)).join("")}`.trimEnd();
}
