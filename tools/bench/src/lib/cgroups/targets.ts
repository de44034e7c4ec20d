import { operations } from "./contestant.ts";
import type { GroupFigures } from "./figures.ts";

const PLAIN = "plain file operations";
const MOST = 1.5;
const HALF = 0.5;
const ROUNDS = 9.5;
const IMPORT = 10;

/** One sentence for each target that these figures miss. */
export function missedGroupTargets({ ratios, watching, importing }: GroupFigures): string[] {
  const plain = ratios[PLAIN];
  const slow = operations.flatMap((operation) => {
    const ratio = plain?.[operation];
    if (ratio !== undefined && ratio <= MOST) return [];
    const found = ratio === undefined ? "not measured" : ratio.toFixed(2);
    return [
      `Missed: ${operation}, in parts of the plain file operations, is ${found} and should be ${MOST} at most.`,
    ];
  });
  const { share, rounds, seconds } = watching;
  const busy =
    share < HALF && rounds / seconds >= ROUNDS
      ? []
      : [
          `Missed: looking at all groups ten times a second takes ${share.toFixed(2)} of a CPU (${(rounds / seconds).toFixed(1)} times) and should take less than ${HALF}.`,
        ];
  const late =
    importing.median < IMPORT
      ? []
      : [
          `Missed: the import takes ${importing.median.toFixed(1)} ms and should take less than ${IMPORT}.`,
        ];
  return [...slow, ...busy, ...late];
}
