import type { Figures } from "./figures.ts";

interface Target {
  readonly what: string;
  readonly limit: number;
  readonly figure: (figures: Figures) => number | undefined;
}

const KB = 1024;

const targets: readonly Target[] = [
  {
    what: "the median launch, in parts of bwrap's",
    limit: 0.6,
    figure: ({ ratios }) => ratios["bwrap --unshare-all"]?.median,
  },
  {
    what: "the median launch, in parts of runc's",
    limit: 0.15,
    figure: ({ ratios }) => ratios["runc run"]?.median,
  },
  {
    what: "resident memory of the launcher, in KB",
    limit: 64,
    figure: ({ launcher }) => launcher.residentBytes / KB,
  },
  {
    what: "size of the launcher's executable, in KB",
    limit: 8,
    figure: ({ launcher }) => launcher.bytes / KB,
  },
];

/** One sentence for each target that these figures miss. */
export function missedTargets(figures: Figures): string[] {
  return targets.flatMap(({ what, limit, figure }) => {
    const is = figure(figures);
    if (is !== undefined && is <= limit) return [];
    const found = is === undefined ? "not measured" : is.toFixed(2);
    return [`Missed: ${what}, is ${found} and should be ${limit} at most.`];
  });
}
