import { BenchError } from "../bench-error.ts";
import { interruptible } from "../interruptible.ts";
import { thisMachine } from "../machine.ts";
import { shuffled } from "../measure.ts";
import { publish } from "../publish.ts";
import { median } from "../statistics.ts";
import { pullContestants, type PullContestant } from "./contestants.ts";
import type { ImageFigures, PulledImage } from "./figures.ts";
import { measureParts } from "./parts.ts";
import { openPulls, peakMemory, timePull } from "./pulling.ts";
import { startImageRegistry, type ImageRegistry } from "./registry.ts";
import { imageTable } from "./table.ts";
import { missedImageTargets } from "./targets.ts";

export interface ImageBenchOptions {
  readonly rounds: number;
  /** Rounds before those that count: they bring the images into the page cache. */
  readonly warmUp: number;
  /** Which; those that the targets are about unless given. */
  readonly images?: readonly string[];
  /** Where the figures go; `.reports/bench-images.json` of the repository unless given. */
  readonly json?: string;
}

/**
 * Measures how long it takes to pull images and to unpack them, prints a table, writes a JSON file,
 * and returns how many targets were missed. What was pulled is gone when it ends. Throws a BenchError.
 */
export async function benchImages({
  json,
  images: names = ["debian", "20-layers"],
  ...options
}: ImageBenchOptions): Promise<number> {
  if (process.getuid?.() !== 0) throw new BenchError("needs root: files get the owners they have");
  const contestants = pullContestants();
  return interruptible(async (folder, signal) => {
    await using registry = await startImageRegistry(folder, names, signal);
    const pulls = openPulls(folder);
    const images: PulledImage[] = [];
    for (const image of names) {
      images.push(await pulled(image, { registry, contestants, pulls, signal, ...options }));
    }
    const figures: ImageFigures = { machine: thisMachine(), rounds: options.rounds, images };
    const outcome = { figures, text: imageTable(figures), missed: missedImageTargets(figures) };
    return publish(outcome, "bench-images", json);
  });
}

interface Setting extends Pick<ImageBenchOptions, "rounds" | "warmUp"> {
  readonly registry: ImageRegistry;
  readonly contestants: readonly PullContestant[];
  readonly pulls: string;
  readonly signal: AbortSignal;
}

async function pulled(name: string, setting: Setting): Promise<PulledImage> {
  const { registry, contestants, pulls, signal, rounds, warmUp } = setting;
  const reference = `${registry.host}/${name}:latest`;
  const times = new Map(contestants.map((one) => [one.name, [] as number[]]));
  for (let round = -warmUp; round < rounds; round++) {
    for (const contestant of shuffled(contestants)) {
      const time = await timePull(contestant, reference, pulls, signal);
      if (round >= 0) times.get(contestant.name)!.push(time);
    }
  }
  const memory: Record<string, number> = {};
  for (const contestant of contestants.filter(({ node }) => node)) {
    memory[contestant.name] = await peakMemory(contestant, reference, pulls, signal);
  }
  const medians = [...times].map(([contestant, list]) => [contestant, median(list)] as const);
  return {
    name,
    milliseconds: Object.fromEntries(medians),
    memory,
    parts: await measureParts(registry.host, name, pulls, signal),
  };
}
